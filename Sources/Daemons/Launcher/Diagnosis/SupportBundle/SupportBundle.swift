package import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import SystemCalls

/// A file with what somebody needs who is to help, and nothing of what an installation keeps to itself. What was packed is
/// read again and gone over before it is given to anybody.
package struct SupportBundle: Sendable {
    private let installation: Installation
    private let loops: LoopGroup

    package init(_ installation: Installation, on loops: LoopGroup) {
        self.installation = installation
        self.loops = loops
    }

    private static let readme = "README.txt"
    private static let tar = "/bin/tar"

    /// Makes it at `path`, where there must be nothing yet, readable for its owner only.
    /// - Returns: what is in it, and what was taken out, for whoever is about to send it.
    /// - Throws: `LauncherFailure`, also when something is in what was packed that must not be; there is no file then.
    package func make(at path: String) async throws -> String {
        guard !FileContents.exists(path) else {
            throw LauncherFailure("\(path) is there already. Choose another name with --out.")
        }
        let redaction = Redaction(secrets: try KnownSecrets.all(of: installation))
        let parts = await BundleContents(installation: installation, loops: loops).parts()
        let outcomes = parts.map { (name: $0.name, outcome: redaction.redacted($0.text)) }
        // A secret may be a word of ours.
        let list = redaction.redacted(Self.list(outcomes)).text
        let name = "scorable-support-\(Int(Date().timeIntervalSince1970))"
        let folder = "\(path).\(name)"
        do {
            try pack([(Self.readme, list)] + outcomes.map { ($0.name, $0.outcome.text) }, in: folder, as: name)
            try await compress(folder, name, to: path)
            try await remove(folder)
            try await check(path, redaction)
        } catch {
            try await remove(folder)
            _ = try Folders.removeFile(path)
            throw error
        }
        return list + "\nWritten to \(path). Read it before you send it: tar -xzf \(path)\n"
    }

    private func pack(_ parts: [(name: String, text: String)], in folder: String, as name: String) throws {
        try Folders.makeAll(folder, mode: 0o700)
        try Folders.make("\(folder)/\(name)", mode: 0o700)
        for (part, text) in parts {
            let file = "\(folder)/\(name)/\(part)"
            try Folders.makeAll(Folders.parent(of: file), mode: 0o700)
            try FileWriting.write(text, to: file, mode: 0o600)
        }
    }

    private func compress(_ folder: String, _ name: String, to path: String) async throws {
        // Made by us before tar writes to it, so that nobody else may read it at any moment.
        try FileWriting.write("", to: path, mode: 0o600)
        let command = [Self.tar, "--owner=0", "--group=0", "-czf", path, "-C", folder, name]
        let answer = try await ProgramOutput.of(command, environment: installation.environment, within: .seconds(60))
        guard answer.code == 0 else { throw LauncherFailure("tar could not write \(path): \(answer.text)") }
    }

    private func remove(_ folder: String) async throws {
        let command = ["/bin/rm", "-rf", "--", folder]
        let answer = try await ProgramOutput.of(command, environment: installation.environment, within: .seconds(60))
        guard answer.code == 0 else { throw LauncherFailure("\(folder) could not be deleted: \(answer.text)") }
    }

    /// Reads what was packed and looks for what must not be in it.
    private func check(_ path: String, _ redaction: Redaction) async throws {
        let answer = try await ProgramOutput.of(
            [Self.tar, "-xzOf", path], environment: installation.environment, limit: 256 << 20, within: .seconds(60))
        guard answer.code == 0 else { throw LauncherFailure("\(path) cannot be read again: \(answer.text)") }
        let found = redaction.findings(in: answer.text)
        guard found.isEmpty else {
            throw LauncherFailure(
                "The bundle held \(Self.words(found)) although it should not, and was deleted. This is a fault of ours."
            )
        }
    }

    /// What is in a bundle, a line each.
    private static func list(_ outcomes: [(name: String, outcome: Redaction.Outcome)]) -> String {
        var text = """
            What is in this bundle, made by `scorable support-bundle`. There are no prompts, answers, scores, names of people
            or addresses in it: what looked like one was taken out, with every secret of the installation.


            """
        for (name, outcome) in outcomes {
            let taken = outcome.found.isEmpty ? "" : "  (taken out: \(words(outcome.found)))"
            text += "  \(name)\t\(outcome.text.utf8.count) bytes\(taken)\n"
        }
        return text
    }

    private static func words(_ found: [Redaction.Kind: Int]) -> String {
        Redaction.Kind.allCases.compactMap { kind in found[kind].map { "\(kind.rawValue), \($0) times" } }
            .joined(separator: "; ")
    }
}
