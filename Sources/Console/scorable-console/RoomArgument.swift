internal import ArgumentParser
internal import Screens

/// Rooms are named on the command line as they are in saved views.
extension Room: ExpressibleByArgument {}
