"""Constants of Pulumi's protocol, as its SDK has them: here, so that what runs no program need not import the SDK.

They are part of every state and message ever written, so they do not change; a test holds them against the SDK's.
"""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # stands for a value that is not known yet

SIG = "4dabf18193072939515e22adb298388d"  # the member that says what else than an object an object is
SECRET_SIG = "1b47061264138c4ac30d75fd1eb44270"
RESOURCE_SIG = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIG = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET_SIG = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIG = "0def7320c3a5731c473e5ecbe6d01bc7"
FLOAT_SIG = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"  # of Pulumi's engine alone: an infinite number in a state
