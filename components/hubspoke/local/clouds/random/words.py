"""Words for readable random names."""

_ADVERBS = """
barely boldly briskly calmly dearly evenly fairly firmly fully gently gladly hardly justly kindly lately lightly
loosely mildly mostly nearly neatly newly openly partly plainly purely quickly quietly rarely readily really
safely simply slowly smoothly softly solely surely swiftly truly vastly warmly widely wisely
"""
_ADJECTIVES = """
able agile amber ample apt astute aware bold brave bright brisk calm candid capable careful clean clear clever
crisp curious daring direct eager early easy exact fair fast fine firm fit frank fresh full gentle glad good grand
happy hardy honest keen kind lively loyal lucid merry mild modest neat noble patient plain polite prime proud
quick quiet rapid ready sharp simple sincere smart smooth social sound steady stout strong sunny swift tidy
tough upbeat useful vital warm wise witty
"""
_NAMES = """
ant badger bass bat bear beetle bison boar bream buck cat cicada clam cobra cod condor coral cougar cow crab
crane cricket crow deer dingo dog dove duck eagle eel elk falcon fawn ferret finch fish flea fox frog gannet
gecko gnat goat goose grouse gull hare hawk hen heron hog hornet horse ibex iguana jackal jay koala lamb lark
lemur lion lizard llama lobster lynx magpie mako mantis marlin marmot marten mink mole monkey moose moth mouse
mule newt osprey otter owl oyster ox panda parrot perch pig pika pony puma quail rabbit ram rat raven robin
rook salmon seal shark sheep shrew shrimp skink sloth snail snake sparrow spider squid stag stork swan tapir
tern tiger toad trout tuna turkey turtle viper vole walrus wasp weasel whale wolf wombat worm wren yak zebra
"""
ADVERBS, ADJECTIVES, NAMES = _ADVERBS.split(), _ADJECTIVES.split(), _NAMES.split()
