"""What Pulumi's SDK finds out of the classes that programs use, found once for a fleet.

It resolves annotations, a millisecond or more a class: for one stack not worth doing ahead, and of many stacks a
sixteenth of each preview.
"""

from contextlib import suppress

from hubspoke.local.clouds.installed import UnknownType
from hubspoke.local.clouds.packages import package
from hubspoke.local.clouds.sdk import args_class, provider_classes, resource_class
from hubspoke.local.engine.thrift import types_learned
from hubspoke.operate.preload import CLOUDS

for _name in CLOUDS:
    types_learned(*provider_classes(_name))
    for _type in package(_name).tables:
        with suppress(UnknownType):  # the clouds have things that no program makes
            _class = resource_class(_type)
            types_learned(_class, args_class(_class))
