package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Records
internal import SystemCalls
internal import Tenancy
internal import WireAPI

/// What `scorable audit forward` does: where the audit is sent to.
package struct AuditForwardAdministration: Sendable {
    private let targets: AuditTargets
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    private static let longestFile = 64 << 10

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        targets = try Administration(installation, on: loops).auditTargets
        actor = installation.actor
        self.form = form
    }

    /// What is wanted of a receiver; files are in PEM.
    package struct Wish: Sendable {
        let name: String
        let address: String
        let transport: String
        let format: String
        let authorityFile: String?
        let certificateFile: String?
        let keyFile: String?
        let fromStart: Bool

        /// `address` is a host with a port, such as `siem.example.com:6514`.
        package init(
            name: String, address: String, transport: String, format: String, authorityFile: String?,
            certificateFile: String?, keyFile: String?, fromStart: Bool
        ) {
            self.name = name
            self.address = address
            self.transport = transport
            self.format = format
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.fromStart = fromStart
        }
    }

    package func list() async throws -> String {
        form.text(of: try await targets.list(for: actor), \.text)
    }

    package func add(_ wish: Wish) async throws -> String {
        guard let colon = wish.address.lastIndex(of: ":"),
            let port = Int(wish.address[wish.address.index(after: colon)...])
        else { throw WrongInput("Name the receiver as HOST:PORT, such as siem.example.com:6514.") }
        let host = wish.address[..<colon].filter { $0 != "[" && $0 != "]" }
        var draft = OperatorAuditTargetDraft(
            name: wish.name, host: host, port: port, transport: wish.transport, format: wish.format)
        draft.certificateAuthority = try wish.authorityFile.map(Self.text)
        draft.clientCertificate = try wish.certificateFile.map(Self.text)
        draft.clientKey = try wish.keyFile.map(Self.text)
        draft.fromStart = wish.fromStart
        let made = try await WrongInput.told { [draft] in try await targets.add(draft, by: actor) }
        return form.text(of: made) { "Sending the audit to \($0.name.shown), \($0.host.shown) port \($0.port).\n" }
    }

    package func pause(_ name: String) async throws -> String {
        try await change(name, said: "is paused: entries for it wait") { $0.isEnabled = false }
    }

    package func resume(_ name: String) async throws -> String {
        try await change(name, said: "is sent to again") { $0.isEnabled = true }
    }

    /// Sends everything again from the first entry on.
    package func restart(_ name: String) async throws -> String {
        try await change(name, said: "gets everything again") { $0.fromStart = true }
    }

    /// What removing a receiver, or sending everything to it again, would do.
    package func plan(_ act: Act, _ name: String) async throws -> Consequence {
        let target = try await known(name)
        let effect =
            switch act {
            case .remove:
                "Nothing is sent to \(target.name.shown) any more; entries that wait are not sent (\(target.waiting))."
            case .restart: "Everything is sent to \(target.name.shown) again, from the first entry on."
            }
        return Consequence(effect: effect, confirmation: target.name.shown)
    }

    /// What is asked about before it is done.
    package enum Act: Sendable {
        /// Removing a receiver.
        case remove
        /// Sending everything again.
        case restart
    }

    package func remove(_ name: String) async throws -> String {
        let target = try await known(name)
        try await targets.remove(AuditTargetID(uuid: target.id), by: actor)
        return form.text(of: target) { "Nothing is sent to \($0.name.shown) any more.\n" }
    }

    private func change(
        _ name: String, said words: String, _ change: (inout OperatorAuditTargetDraft) -> Void
    ) async throws -> String {
        let target = try await known(name)
        var draft = OperatorAuditTargetDraft(
            name: target.name, host: target.host, port: target.port, transport: target.transport, format: target.format)
        draft.certificateAuthority = target.certificateAuthority
        draft.clientCertificate = target.clientCertificate
        draft.isEnabled = target.isEnabled
        draft.revision = target.revision
        change(&draft)
        let changed = try await WrongInput.told { [draft] in
            try await targets.change(AuditTargetID(uuid: target.id), to: draft, by: actor)
        }
        return form.text(of: changed) { "\($0.name.shown) \(words).\n" }
    }

    /// A receiver by its name, its identifier or the beginning of it.
    private func known(_ name: String) async throws -> OperatorAuditTarget {
        let all = try await targets.list(for: actor).results
        let named = all.filter { $0.name == name }
        let found = named.isEmpty ? all.filter { $0.id.uuidString.lowercased().hasPrefix(name.lowercased()) } : named
        guard let only = found.first else {
            throw LauncherFailure("There is no receiver \(name). See: scorable audit forward list")
        }
        guard found.count == 1 else {
            throw LauncherFailure("\(found.count) receivers are called so. Name one by its identifier.")
        }
        return only
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileContents.read(path, limit: longestFile), as: UTF8.self)
    }
}
