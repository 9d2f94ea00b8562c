"""The record of a career: dates, models, order and evidence."""
