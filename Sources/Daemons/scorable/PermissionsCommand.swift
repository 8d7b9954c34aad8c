import ArgumentParser
import Launcher

/// Who may do what.
struct PermissionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permissions", abstract: "Prints which role may do what, as this release decides it.",
        discussion: "A permission is resource:action; the same words are the scopes of API keys.")
    @Option(help: "Only what this role may do.") var role: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws { _ = try role.map(roleName) }

    func run() throws {
        say(PermissionTable(of: try role.map(roleName), form: json ? .json : .text).text)
    }
}
