"""What the parts over HTTP have in common as programs: the options of both, and how they end."""
import argparse
import os
import sys

import peers
import servers


def read_settings(usage, arguments, options):
    """(parser, settings) of the options that every part has and these: {name: type}."""
    parser = argparse.ArgumentParser(usage=usage, add_help=False)
    parser.add_argument("--build", required=True)
    parser.add_argument("--json", required=True)
    parser.add_argument("--servers", default=",".join(peers.NAMES))
    parser.add_argument("--quick", action="store_true")
    for name, kind in options.items():
        parser.add_argument(f"--{name}", type=kind)
    settings = parser.parse_args(arguments)
    settings.servers = settings.servers.split(",")
    unknown = [name for name in settings.servers if name not in peers.NAMES]
    if unknown:
        parser.error(f"--servers: {unknown[0]} is none of {', '.join(peers.NAMES)}")
    settings.build = os.path.abspath(settings.build)
    return parser, settings


def run(main):
    """Ends the program by main's status, and servers that it has started before it."""
    servers.end_in_order()
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
