"""What is saved is seen at once under ``mkdocs serve``, for any site; nothing here knows this one.

Three kinds of process share the work. The command itself watches files and answers browsers (`preview`,
`server`), and never builds. A worker (`worker`, `session`) holds the objects of the last build, takes changes
into them and renders pages when they are asked for. A successor, which is started ahead of time, builds the
whole site again in a folder of its own, when it is quiet and with a low priority: when it is done, its folder
is what is served, and it is the worker.
"""
