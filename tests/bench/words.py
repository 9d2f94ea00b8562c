"""The vocabulary of the generated posts, without names."""

WORDS = """
able above across after again against almost along always among angle answer apart around ask away balance
bank basin beam bear begin below bend better between beyond bind block boat bold border both bound branch
break bridge bright bring broad build cable calm care carry cause certain chain chance change choose circle
clear climb close coast cold collect common compare copper corner count course cover cross current curve
dark day deep degree delay depth design detail differ direct distance divide double draw drift drive dry
early earth edge effect eight either empty end enough equal even event every exact extend face fair fall far
fast few field figure find fine firm first five flat float floor flow follow force form four free frequent
full gather gentle given glass go good grain grand great ground group grow half hand hard harbour heat heavy
height hidden high hold hollow idea inch inner iron join keep kind knot know lake large last late layer lead
learn leave length less letter level lift light like limit line link list little load long loose loss low
main make many map mark mass match matter mean measure meet middle might mile mind minute mixed model moment
more most motion mountain move much narrow near need never new next night noise north note nothing notice
number ocean often old once one open order other outer over pair part path pattern pause perhaps piece place
plain plan plane plate point pond pour power press proof pull pure push quick quiet quite rain raise range
rare rate rather reach read ready reason record reduce regular remain repeat rest result return rich ridge
right ring rise river road rock roll room root rough round row rule run safe salt same sand scale sea season
second seldom sense separate set seven several shade shallow shape share sharp sheet shift ship shore short
show side signal simple since single six slope slow small smooth soft some sort sound south space span spare
speed split spread spring square stand state steady steam steel steep step still stone stop store storm
straight stream stretch strong such sudden sum summer sure surface swing table take tall ten tension test
than thick thin third thread three tide tight time together top total touch toward tower track trace travel
tree true turn twice two under unit until upper use usual valley value vary view wait wall warm watch water
wave way weak weight well west wheel while whole wide wind window winter wire with wood word work world yard
year yield
""".split()
