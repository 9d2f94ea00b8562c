"""TeX of formulas: the commands of KaTeX, what they become, limits, and errors."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portfolio.core.tex import Formula, TexConverter, TexError, parse_mathml

# The commands of KaTeX's "Support Table" that work without an argument, with one, with two, and in a text.
PLAIN = """
    alef alefsym aleph allowbreak Alpha alpha amalg And angle angln approx approxcolon approxcoloncolon
    approxeq arccos arcctg arcsin arctan arctg arg argmax argmin ast asymp atop backepsilon backprime
    backsim backsimeq backslash barwedge Bbbk because Beta beta beth between bf bigcap bigcirc bigcup
    bigodot bigoplus bigotimes bigsqcup bigstar bigtriangledown bigtriangleup biguplus bigvee bigwedge
    blacklozenge blacksquare blacktriangle blacktriangledown blacktriangleleft blacktriangleright bmod bot
    bowtie Box boxdot boxminus boxplus boxtimes brace brack bull bullet Bumpeq bumpeq cal Cap cap cdot
    cdotp cdots centerdot ch checkmark Chi chi choose circ circeq circlearrowleft circlearrowright
    circledast circledcirc circleddash circledR circledS clubs clubsuit cnums colon Colonapprox
    colonapprox coloncolon coloncolonapprox coloncolonequals coloncolonminus coloncolonsim Coloneq coloneq
    Coloneqq coloneqq colonequals colonminus Colonsim colonsim complement Complex cong coprod copyright
    cos cosec cosh cot cotg coth cr csc ctg cth Cup cup curlyeqprec curlyeqsucc curlyvee curlywedge
    curvearrowleft curvearrowright dag Dagger dagger daleth Darr dArr darr dashleftarrow dashrightarrow
    dashv dblcolon ddag ddagger ddots deg degree Delta delta det diagdown diagup Diamond diamond diamonds
    diamondsuit digamma dim displaystyle div divideontimes Doteq doteq doteqdot dotplus dots dotsb dotsc
    dotsi dotsm dotso doublebarwedge doublecap doublecup Downarrow downarrow downdownarrows
    downharpoonleft downharpoonright ell empty emptyset enspace Epsilon epsilon eqcirc Eqcolon eqcolon
    Eqqcolon eqqcolon eqsim eqslantgtr eqslantless equalscolon equalscoloncolon equiv Eta eta eth exist
    exists exp fallingdotseq Finv flat forall frown Game Gamma gamma gcd ge geq geqq geqslant gets gg ggg
    gggtr gimel global gnapprox gneq gneqq gnsim gt gtrapprox gtrdot gtreqless gtreqqless gtrless gtrsim
    gvertneqq Harr hArr harr hbar hearts heartsuit hom hookleftarrow hookrightarrow hslash iff iiint iint
    Im image imageof imath impliedby implies in inf infin infty injlim int intercal intop Iota iota isin
    it jmath Join Kappa kappa KaTeX ker Lambda lambda land lang langle Larr lArr larr LaTeX lBrace lbrace
    lbrack lceil ldotp ldots le leadsto Leftarrow leftarrow leftarrowtail leftharpoondown leftharpoonup
    leftleftarrows Leftrightarrow leftrightarrow leftrightarrows leftrightharpoons leftrightsquigarrow
    leftthreetimes leq leqq leqslant lessapprox lessdot lesseqgtr lesseqqgtr lessgtr lesssim lfloor lg
    lgroup lhd lim liminf limsup ll llbracket llcorner Lleftarrow lll llless lmoustache ln lnapprox lneq
    lneqq lnot lnsim log long Longleftarrow longleftarrow Longleftrightarrow longleftrightarrow longmapsto
    Longrightarrow longrightarrow looparrowleft looparrowright lor lozenge lparen lq Lrarr lrArr lrarr
    lrcorner Lsh lt ltimes lVert lvert lvertneqq maltese mapsto mathclap mathellipsis mathnormal
    mathsterling mathstrut max measuredangle medspace mho mid min minuscolon minuscoloncolon minuso mod
    models mp Mu mu multimap N nabla natnums natural ncong ne nearrow neg negmedspace negthickspace
    negthinspace neq newline nexists ngeq ngeqq ngeqslant ngtr ni nLeftarrow nleftarrow nLeftrightarrow
    nleftrightarrow nleq nleqq nleqslant nless nmid nobreak nobreakspace nonumber notag notin notni
    nparallel nprec npreceq nRightarrow nrightarrow nshortmid nshortparallel nsim nsubseteq nsubseteqq
    nsucc nsucceq nsupseteq nsupseteqq ntriangleleft ntrianglelefteq ntriangleright ntrianglerighteq Nu nu
    nVDash nVdash nvDash nvdash nwarrow odot oiiint oiint oint Omega omega Omicron omicron ominus oplus
    origof oslash otimes over owns P parallel partial perp Phi phi Pi pi pitchfork plim plusmn pm pmb
    pounds Pr prec precapprox preccurlyeq preceq precnapprox precneqq precnsim precsim prime prod projlim
    propto Psi psi qquad quad R rang rangle Rarr rArr rarr ratio rBrace rbrace rbrack rceil Re real Reals
    reals relax restriction rfloor rgroup rhd Rho rho Rightarrow rightarrow rightarrowtail
    rightharpoondown rightharpoonup rightleftarrows rightleftharpoons rightrightarrows rightsquigarrow
    rightthreetimes risingdotseq rm rmoustache rparen rq rrbracket Rrightarrow Rsh rtimes rVert rvert S
    scriptscriptstyle scriptstyle sdot searrow sec sect setminus sf sh sharp shortmid shortparallel Sigma
    sigma sim simcolon simcoloncolon simeq sin sinh smallfrown smallint smallsetminus smallsmile smile
    space spades spadesuit sphericalangle sqcap sqcup sqsubset sqsubseteq sqsupset sqsupseteq square star
    sub sube Subset subset subseteq subseteqq subsetneq subsetneqq succ succapprox succcurlyeq succeq
    succnapprox succneqq succnsim succsim sum sup supe Supset supset supseteq supseteqq supsetneq
    supsetneqq surd swarrow tan tanh Tau tau TeX textstyle tg th therefore Theta theta thetasym
    thickapprox thicksim thickspace thinspace times to top triangle triangledown triangleleft
    trianglelefteq triangleq triangleright trianglerighteq tt twoheadleftarrow twoheadrightarrow Uarr uArr
    uarr ulcorner unlhd unrhd Uparrow uparrow Updownarrow updownarrow upharpoonleft upharpoonright uplus
    Upsilon upsilon upuparrows urcorner varDelta varepsilon varGamma varinjlim varkappa varLambda
    varliminf varlimsup varnothing varOmega varPhi varphi varPi varpi varprojlim varpropto varPsi varrho
    varSigma varsigma varsubsetneq varsubsetneqq varsupsetneq varsupsetneqq varTheta vartheta vartriangle
    vartriangleleft vartriangleright varUpsilon varXi vcentcolon vcenter Vdash vDash vdash vdots vee
    veebar Vert vert Vvdash wedge weierp wp wr Xi xi yen Z Zeta zeta
""".split()
WITH_ARGUMENT = """
    acute angl bar Bbb bcancel bm bold boldsymbol boxed Bra bra Braket braket breve cancel check ddddot
    dddot ddot dot emph fbox frak grave hat hbox hphantom Ket ket mathbb mathbf mathbin mathcal mathclose mbox
    mathfrak mathinner mathit mathop mathopen mathord mathpunct mathrel mathring mathrm mathscr mathsf
    mathtt not operatorname operatornamewithlimits overbrace overbracket overgroup overleftarrow
    overleftharpoon overleftrightarrow overline Overrightarrow overrightarrow overrightharpoon phantom
    phase pmod pod Set set smash sqrt substack text textbf textit textmd textnormal textrm textsf texttt
    textup tilde underbar underbrace underbracket undergroup underleftarrow underleftrightarrow underline
    underrightarrow utilde vec vphantom widecheck widehat widetilde xcancel xhookleftarrow xhookrightarrow
    xLeftarrow xleftarrow xleftharpoondown xleftharpoonup xLeftrightarrow xleftrightarrow
    xleftrightharpoons xlongequal xmapsto xRightarrow xrightarrow xrightharpoondown xrightharpoonup
    xrightleftharpoons xtofrom xtwoheadleftarrow xtwoheadrightarrow
""".split()
WITH_TWO_ARGUMENTS = "binom cfrac dbinom dfrac frac overset stackrel tbinom tfrac underset".split()
IN_TEXT = """
    AA aa AE ae H i j O o OE oe r sout ss textasciicircum textasciitilde textbackslash textbar textbardbl
    textbraceleft textbraceright textdagger textdaggerdbl textdegree textdollar textellipsis textemdash
    textendash textgreater textless textquotedblleft textquotedblright textquoteleft textquoteright
    textregistered textsterling textunderscore u v
""".split()
# Its environments, and commands with a notation of their own.
OTHERS = r"""
\begin{align} a &= b \\ c &= d \end{align}
\begin{align*} a &= b \\ c &= d \tag{1} \end{align*}
\begin{alignat}{2} a &= b & c &= d \end{alignat}
\begin{alignat*}{2} a &= b & c &= d \end{alignat*}
\begin{alignedat}{2} a &= b & c &= d \end{alignedat}
\begin{aligned}[t] a &= b \\ c &= d \end{aligned}
\begin{array}[t]{l|cr} a & b & c \\ \hline d & e & f \\ \hdashline g & h & i \end{array}
\begin{cases} a & \text{if } b \\ c & \text{if } d \end{cases}
\begin{dcases} a & b \end{dcases} \begin{rcases} a & b \end{rcases} \begin{drcases} a & b \end{drcases}
\begin{equation} \begin{split} a &= b \\ &= c \end{split} \end{equation}
\begin{equation*} a \end{equation*}
\begin{gather} a \\ b \end{gather}
\begin{gathered} a \\ b \end{gathered}
\begin{matrix} a & b \cr c & d \end{matrix}
\begin{pmatrix} a \end{pmatrix} \begin{bmatrix} a \end{bmatrix} \begin{Bmatrix} a \end{Bmatrix}
\begin{vmatrix} a \end{vmatrix} \begin{Vmatrix} a \end{Vmatrix}
\begin{matrix*}[r] 0 \end{matrix*} \begin{pmatrix*}[l] 0 \end{pmatrix*} \begin{Vmatrix*} 0 \end{Vmatrix*}
\bigl( \Bigl( \biggl( \Biggl( x \Biggr) \biggr) \Bigr) \bigr) \big| \Big| \bigg| \Bigg|
\bigm| \Bigm| \biggm| \Biggm|
\begin{subarray}{l} a \\ b \end{subarray} \sum_{\begin{smallmatrix} a \\ b \end{smallmatrix}}
\color{red} x \color{#00f} x \textcolor{blue}{x} \textcolor{#0000FF}{x}
\def\twice#1{#1#1} \twice{x} \gdef\a{b} \a \global\def\b{c} \b
\DeclareMathOperator*{\argmin}{arg\,min} \argmin_x
\genfrac(]{0pt}{1}{a}{b}
\hspace{1em} \kern1em \mkern1mu
\int\limits_a^b \int\nolimits_a^b
\left( \middle| \right]
\let\a=\alpha \a
\newcommand{\a}[1]{#1} \a{x} \renewcommand\b{x} \b \providecommand{\c}{x} \c
{\rm x} {\bf x} {\it x} {\sf x} {\tt x} {\cal L} {a \over b} {a \choose b} {a \atop b}
\sum_{\substack{a \\ b}}
\text{for all $x$ and \(y\)}
\text{\'{e} \`{e} \^{e} \"{e} \~{n} \={a} \.{a}}
""".strip().split("\n")
EXAMPLES = [
    *(rf"\{name}" for name in PLAIN),
    *(rf"\{name}{{a}}" for name in WITH_ARGUMENT),
    *(rf"\{name}{{a}}{{b}}" for name in WITH_TWO_ARGUMENTS),
    *(rf"\text{{\{name}{{a}}}}" for name in IN_TEXT),
    *OTHERS,
]


@pytest.fixture(scope="module")
def converter() -> TexConverter:
    return TexConverter({"R": r"\mathbb{R}", "twice": "#1#1", "again": r"\again"})


def convert(converter: TexConverter, tex: str, *, display: bool = True) -> Element:
    math = converter.convert(Formula(tex, display))
    assert isinstance(math, Element), math
    return math


def fail(converter: TexConverter, tex: str) -> TexError:
    error = converter.convert(Formula(tex, True))
    assert isinstance(error, TexError)
    return error


def texts(math: Element) -> str:
    """Return what is visible of a formula."""
    return "".join(leaf.text or "" for leaf in math.iter() if leaf.tag in ("mi", "mo", "mn", "mtext"))


def test_the_commands_of_katex_work(converter: TexConverter) -> None:
    results = converter.convert_all([Formula(tex, True) for tex in EXAMPLES])
    invalid = {
        tex: error for tex, error in zip(EXAMPLES, results, strict=True) if isinstance(error, TexError)
    }
    assert invalid == {}


@pytest.mark.parametrize(
    ("tex", "hint"),
    [
        (r"a \above{2pt} b", r"Write \frac"),
        (r"\ce{H2O}", r"\mathrm"),
        (r"\begin{CD} A \end{CD}", "Mermaid"),
        (r"\begin{eqnarray} a &=& b \end{eqnarray}", r"\begin{align}"),
        (r"\char97", "the character itself"),
        (r"\colorbox{red}{x}", r"\boxed"),
        (r"\edef\a{b}", r"\newcommand"),
        (r"\href{https://example.org/}{x}", "Markdown"),
        (r"\includegraphics{x.png}", "Markdown"),
        (r"\large x", "size of the text"),
        (r"\rlap{x}", r"\not"),
        (r"\rule{1em}{1em}", r"\hspace"),
        (r"\verb|x|", r"\texttt"),
        (r"\nosuch{x}", "extra.portfolio.macros"),
        (r"\text{a {$b$}}", "Close the text"),
        ("a & b", r"\begin{aligned}"),
        (r"\frac{1}{2", "Each { needs a }"),
        (r"\begin{matrix} a & b", r"each \begin{…} an \end{…}"),
        (r"\left( x \end{equation}", r"each \left a \right"),
        (r"\frac{a \tag{1}}{b}", r"\begin{align}"),
        (r"\def\a(#1){#1}", r"\newcommand"),
    ],
)
def test_other_commands_are_named_with_what_to_write_instead(
    converter: TexConverter, tex: str, hint: str
) -> None:
    assert hint in fail(converter, tex).hint


@pytest.mark.parametrize(
    ("tex", "offset"),
    [
        (r"x + \nosuch", 4),
        (r"\R \twice{\R} + \nosuch", 16),
        (r"a \\[2pt] \nosuch", 10),
        (r"\begin{split} a \\ \nosuch \end{split}", 19),
        (r"\sum_{\substack{a \\ \nosuch}}", 21),
        (r"\text{for $\nosuch$}", 11),
        (r"\newcommand{\a}{\nosuch} x + \a", 29),
    ],
)
def test_an_error_is_at_its_place_in_the_formula_as_written(
    converter: TexConverter, tex: str, offset: int
) -> None:
    error = fail(converter, tex)
    assert (error.message, error.offset) == (r'Unknown command "\nosuch".', offset)


@pytest.mark.parametrize(
    ("tex", "sizes"),
    [
        (r"\begin{aligned} a \\[2pt] b \\*[1em] c \end{aligned}", ["below-2", "below-10"]),
        (r"\begin{cases} a & b \\[0.5ex] c & d \end{cases}", ["below-2"]),
        (r"\begin{pmatrix} a \\ [18mu] b \end{pmatrix}", ["below-10"]),
        (r"a \\[-2pt] b \\[9em] c", ["closer-2", "below-30"]),
        (r"\begin{matrix} a \\[1,2] \end{matrix}", []),
    ],
)
def test_rows_have_the_space_below_them_that_is_asked_for(
    converter: TexConverter, tex: str, sizes: list[str]
) -> None:
    math = convert(converter, tex)
    classes = [name for cell in math.iter("mtd") for name in cell.get("class", "").split()]
    assert [name for name in classes if "below" in name or "closer" in name] == [
        f"math-{size}" for size in sizes
    ]
    assert "\ue000" not in "".join(math.itertext())


def test_lines_of_a_displayed_formula_are_rows(converter: TexConverter) -> None:
    rows = [texts(row) for row in convert(converter, r"a &= b \\ &= c \\").iter("mtr")]
    assert rows == ["a=b", "=c"]
    assert not list(convert(converter, r"a \\ b", display=False).iter("mtr"))


def test_boxes_and_strokes_are_drawn_with_css(converter: TexConverter) -> None:
    math = convert(converter, r"\boxed{x} \cancel{x} \bcancel{x} \xcancel{x}")
    assert not list(math.iter("menclose"))
    assert [row.get("class") for row in math.iter("mrow") if row.get("class")] == [
        "math-box",
        "math-strike-up",
        "math-strike-down",
        "math-strike-up math-strike-down",
    ]


def test_tags_number_equations_and_can_be_referred_to(converter: TexConverter) -> None:
    formulas = (
        r"\begin{equation} a \tag{A}\label{x} \end{equation}",
        r"\begin{align*} a &= b \tag{B}\label{y} \\ c &= d \end{align*}",
        r"\begin{equation} a \\ b \tag*{C} \end{equation}",
        r"\eqref{x}\eqref{y}",
    )
    maths = converter.convert_all([Formula(tex, True) for tex in formulas])
    first, second, third, references = (math for math in maths if isinstance(math, Element))
    assert [[text.text for text in math.iter("mtext")] for math in (first, second, third)] == [
        ["(A)"],
        ["(B)"],
        ["C"],
    ]
    assert [(link.get("href"), link.text) for link in references.iter("a")] == [("#x", "(A)"), ("#y", "(B)")]


def test_formulas_in_a_text_keep_the_spaces_around_them(converter: TexConverter) -> None:
    text = texts(convert(converter, r"\text{for all $x$ in \(y\)}"))
    assert text.replace("\xa0", " ") == "for all x in y"


def test_matrices_with_an_alignment(converter: TexConverter) -> None:
    math = convert(converter, r"\begin{pmatrix*}[r] 0 & -1 \\ -1 & 0 \end{pmatrix*}")
    assert [cell.get("class") for cell in math.iter("mtd")] == ["math-end"] * 4


def test_macros_of_a_formula_and_of_the_site(converter: TexConverter) -> None:
    tex = r"\newcommand{\pair}[2]{(#1,#2)} \pair{\R}{\twice x}\let\a=\pair \a12"
    assert texts(convert(converter, tex)) == "(ℝ,xx)(1,2)"
    assert fail(converter, r"\pair{a}{b}").message == r'Unknown command "\pair".'
    assert texts(convert(TexConverter({"cdot": "!"}), r"\cdot")) == "!"


@pytest.mark.parametrize(
    ("tex", "message", "offset"),
    [
        ("x^" + "(" * 40 + "2", "40 brackets of this formula are not closed.", 2),
        (r"\lfloor[" * 10, "20 brackets of this formula are not closed.", 0),
        (r"\newcommand{\a}{(}" + r"\a" * 40, "40 brackets of this formula are not closed.", 18),
        ("{" * 5000 + "}" * 5000, "this formula is nested too deeply.", 100),
        (r"\left(" * 800 + r"\right)" * 800, "this formula is nested too deeply.", 600),
        (r"\hat" * 3000, "this formula is nested too deeply.", 399),
        (r"\again", r"the macro \again becomes too long.", 0),
        (r"\def\a{{\a}}x+\a", r"the macro \a becomes too long.", 14),
        (r"\twice{" * 30 + "x" + "}" * 30, r"the macro \twice becomes too long.", None),
        ("x" * 20_001, "this formula has more than 20000 characters.", 0),
    ],
)
def test_formulas_that_would_take_too_long_are_errors(
    converter: TexConverter, tex: str, message: str, offset: int | None
) -> None:
    error = fail(converter, tex)
    assert error.message == message
    assert offset is None or error.offset == offset
    assert error.hint


@pytest.mark.parametrize(
    "tex",
    [
        "(" * 200 + ")" * 200,
        "]0, 1[" * 30,
        r"\bigl( x \bigr) " * 100,
        "[0, 1) " * 100,
        "{" * 99 + "}" * 99,
        r"\left\{ x \right. " * 20,
    ],
)
def test_ordinary_formulas_are_within_the_limits(converter: TexConverter, tex: str) -> None:
    convert(converter, tex)


PIECES = [
    *(rf"\{name} " for name in (*PLAIN, *WITH_ARGUMENT)),
    *r"\left \right \middle \tag \label \def\a \a { } ( ) [ ] ^ _ & $ # % ' ~ x 1 +".split(),
    *r"\\ \\[2pt] \text{".split(),
    *r"\begin{align*} \end{align*} \begin{split} \end{split} \begin{matrix*}[r] \end{matrix*} \begin".split(),
    *r"\begin{equation} \end{equation} \end \substack{ \textcolor{#00f} \smash[ \newcommand \let".split(),
]


# A number of examples that a slow machine does in a second or two.
@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8"))
    | st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
)
@example(r"\def\a{\a}\a")
@example("{" * 3000)
@example(r"\mathop\middle| \middle|\middle|")
def test_any_text_is_a_formula_or_an_error(tex: str) -> None:
    result = TexConverter({"R": r"\mathbb{R}"}).convert(Formula(tex, True))
    if isinstance(result, TexError):
        assert result.message
        assert 0 <= result.offset <= len(tex)
    else:
        assert ElementTree.tostring(result).startswith(b"<math")


def test_an_invalid_formula_does_not_affect_the_numbers_of_others(converter: TexConverter) -> None:
    numbered = r"\begin{equation} a \end{equation}"
    results = converter.convert_all(
        [Formula(tex, True) for tex in (numbered, r"\nosuch", "(" * 99, numbered)]
    )
    numbers = [texts(math) if isinstance(math, Element) else None for math in results]
    assert numbers == ["a(1)", None, None, "a(2)"]


def test_parse_mathml_resolves_named_characters() -> None:
    math = parse_mathml("<math><mi>sin</mi><mo>&ApplyFunction;</mo><mo>&lt;</mo><mo>&amp;</mo></math>")
    assert "".join(math.itertext()) == "sin\u2061<&"


def test_parse_mathml_reads_attributes_and_empty_elements() -> None:
    math = parse_mathml('<math display="block"><mspace width="1em"/><mi mathvariant="normal">d</mi></math>')
    assert [(element.tag, element.attrib) for element in math.iter()] == [
        ("math", {"display": "block"}),
        ("mspace", {"width": "1em"}),
        ("mi", {"mathvariant": "normal"}),
    ]


def test_a_tag_belongs_to_its_own_environment(converter: TexConverter) -> None:
    equations = "a", r"b \tag{B}", r"c \\ d \tag{D}"
    tex = "".join(rf"\begin{{align}} {equation} \end{{align}}" for equation in equations)
    assert texts(convert(converter, tex)) == "a(1)b(B)c(2)d(D)"
