/// Why the launcher cannot go on, and the way out, in one line.
package struct LauncherFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
