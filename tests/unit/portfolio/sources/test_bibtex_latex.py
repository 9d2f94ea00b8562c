"""LaTeX in fields: no word is lost, and invalid LaTeX is a single problem."""

import contextlib
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc import latexwalker

from portfolio.core.runs import parse_markers, plain_text
from portfolio.sources import bibtex, bibtex_latex

COMMANDS = sorted(
    {
        spec.macroname
        for spec in latexwalker.get_default_latex_context_db().iter_macro_specs()
        if spec.macroname.isalpha()
        and spec.macroname != "verb"
        and "{" in (getattr(spec.args_parser, "argspec", "") or "")
    }
)
# Their arguments are colours, lengths, names of files and of counters.
WITHOUT_WORDS = set(
    "addcounter addlength bibliography boxframe color colorlet definecolor documentclass hphantom hspace "
    "hypersetup include includegraphics input label pagecolor providecolor RequirePackage rowcolors "
    "selectlanguage setcounter setlength usepackage vphantom vspace".split()
)


def to_text(latex: str) -> str:
    return plain_text(parse_markers(bibtex_latex.to_marked_text(latex)))


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\texttt{vLLM} on a \mbox{GPU}", "vLLM on a GPU"),
        (r"\bibinfo{title}{Word} and \bibnamefont{Name}", "Word and Name"),
        (r"$x_{i}$, H$_2$O, $10^{-3}$, \(n^2\)", "xᵢ, H₂O, 10⁻³, n²"),
        (r"\ensuremath{x^{2}_i}, \ensuremath{n} and a^b", "x²ᵢ, n and a^b"),
        (r"\unknown{word}", "word"),
        (r"$\mathrm{H_2O}$ at 90$^\circ$", "H₂O at 90°"),
        (r"$b_q$ and a_b", "b_q and a_b"),
        (r"CO\textsubscript{2} in the 19\textsuperscript{th}", "CO₂ in the 19ᵗʰ"),
        (r"after \cite{knuth}, \citep[p.~3]{old}", "after knuth, old"),
        (r"\LaTeX{} and \LaTeX, \TeX\ or \BibTeX", "LaTeX and LaTeX, TeX or BibTeX"),
        (r"{\em Very} \bfseries bold", "Very bold"),
        (r"\apj", "The Astrophysical Journal"),
        (r"\unknown", "unknown"),
        (r"\noopsort{1973a}1973", "1973"),
        (r"\href{http://x.example}{link} \url{http://y.example}", "link http://y.example"),
        (r"\textcolor{red}{a} \colorbox{red}{b} \fcolorbox{red}{blue}{c}", "a b c"),
        (r"\frac{1}{2} \enquote{said} ``so'' ---", "1/2 “said” “so” —"),
        ("for $5 & more", "for $5 & more"),
        ("no LaTeX -- at all", "no LaTeX – at all"),
    ],
)
def test_latex_becomes_unicode(latex: str, text: str) -> None:
    assert " ".join(to_text(latex).split()) == text


@pytest.mark.parametrize("command", COMMANDS)
def test_arguments_are_printed(command: str) -> None:
    specs = latexwalker.get_default_latex_context_db()
    count = specs.get_macro_spec(command).args_parser.argspec.count("{")
    # A character that accents and math alphabets do not change.
    text = to_text(f"a \\{command}" + "{☂}" * count + " b")
    assert (text.count("☂") >= 1) != (command in WITHOUT_WORDS)
    assert (text[0], text[-1]) == ("a", "b")


@pytest.mark.parametrize(
    "latex", [r"\textcolor{red}", r"\frac{1}", r"\href{a}", r"\begin{x} y", r"a\'", r"\bibinfo{title}"]
)
def test_invalid_latex_is_one_problem(latex: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _, problems = bibtex.load("p.bib", f"@misc{{a,\n  title = {{{latex}}}}}\n")
    (problem,) = problems
    assert str(problem).startswith("p.bib:2:3: a.title: this LaTeX cannot be read")
    assert not caplog.records


@given(
    st.text(alphabet="\\{}$^_%&#~[]'`\"-ab 1", max_size=30)
    | st.lists(
        st.sampled_from(
            [f"\\{name}" for name in COMMANDS] + ["{a}", "[b]", "$", " ", "x", "_2", "^{n}", "\\("]
        ),
        max_size=8,
    ).map("".join)
)
def test_conversion_returns_text_or_raises_latex_error(latex: str) -> None:
    with contextlib.suppress(bibtex_latex.LatexError):
        assert isinstance(to_text(latex), str)
