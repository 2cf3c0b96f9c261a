"""The words that names are made of: short, friendly, and easy to tell apart."""

ADJECTIVES = """
able agile airy alert amber ample apt ardent azure bold brave breezy bright brisk calm
candid careful cheery civil clear clever coral cosmic cosy crisp curious daring dapper deft
dewy eager early easy elegant fair famous fancy fleet fluent fond frank free fresh gentle
glad golden grand green happy hardy hazel honest humble ideal jolly keen kind lasting lively
loyal lucid lucky lunar mellow merry mild modest neat nimble noble olive patient placid
plucky polite proud quick quiet rapid ready robust rosy royal sage serene sharp shiny silent
silver sincere smart snug solar solid spry stable steady still stoic sunny sure swift tender
tidy tranquil trusty upbeat velvet vivid warm wise witty young zesty
"""

NOUNS = """
acorn alpaca aspen auk badger bamboo beaver birch bison bramble canyon cedar cheetah cliff
clover comet condor coral cove crane creek cricket dolphin dove dune eagle egret elk ember
falcon fern finch fjord fox gazelle gecko geyser glacier grove gull harbor hare harvest hawk
hazel hedgehog heron hill ibex ibis iris island jaguar jay juniper kestrel kite koala lagoon
lake lark lemur lily linnet llama lotus lynx magpie maple marmot marten meadow meteor moose
moss newt oak ocean ocelot orca orchid oriole osprey otter owl panda pebble pelican petrel
pine plover pond poppy prairie puffin quail quartz rabbit raven reef river robin salmon seal
shore sparrow spruce squirrel starling stork swan tern thistle thrush tiger trout tulip
turtle valley walnut warbler whale willow wombat wren yak zebra
"""
