internal import Cryptography
internal import DaemonRuntime
internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import Settings
internal import SystemCalls
internal import WireAPI

/// Whether the daemons can use their settings, and whether the files that these name are as they should be.
struct SettingsExaminations: Sendable {
    let installation: Installation
    let now: @Sendable () -> Date
    /// Whether nothing on this host is kept from whoever looks.
    let isRoot = geteuid() == 0

    private static let day = 86_400.0

    /// What is looked at.
    var all: [Examination] {
        Installation.daemons.map { daemon in
            Examination(.settings, daemon, patience: .seconds(10)) { try await settings(of: daemon) }
        } + [Examination(.settings, "files", files)]
    }

    /// The settings file that is in force; `nil` when there is none.
    private func file() throws -> SettingsFile? {
        let named = installation.environment[Deployment.settingsPathVariable]
        let own = installation.state.isMade ? installation.state.settings : nil
        return try SettingsFile.find(
            named: named ?? own, else: Deployment.defaultSettingsPath, documents: Deployment.documents)
    }

    private func settings(of daemon: String) async throws -> [Examination.Finding] {
        let program = "\(installation.programs)/scorable-\(daemon)"
        guard Folders.isProgram(program) else {
            return [
                Examination.Finding(.settings, daemon, .skipped, "scorable-\(daemon) is not installed on this host.")
            ]
        }
        let environment = installation.daemonEnvironment
        let release = try await ProgramOutput.of([program, "--version"], environment: environment, within: .seconds(4))
        let version = release.text.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? "unknown"
        guard version == Release.version else {
            return [
                Examination.Finding(
                    .settings, daemon, .fail,
                    "scorable-\(daemon) is version \(version), this program \(Release.version).",
                    remedy: "Install the same release of all packages.")
            ]
        }
        let check = try await ProgramOutput.of(
            [program, "--check-config"], environment: environment, within: .seconds(5))
        guard check.code == 0 else {
            let reason = check.text.split(separator: "\n").last.map(String.init) ?? "It does not say why."
            // What only root may read says nothing against a daemon that systemd hands it to.
            guard isRoot || !reason.hasSuffix("Permission denied") else {
                return [
                    Examination.Finding(.settings, daemon, .skipped, reason, remedy: "Run doctor as root for this.")
                ]
            }
            return [
                Examination.Finding(
                    .settings, daemon, .fail, reason,
                    remedy:
                        "Mend the setting; scorable.yaml(5) describes it. See what is in force: scorable config \(daemon)"
                )
            ]
        }
        let count = check.text.split(separator: "\n").count
        return [Examination.Finding(.settings, daemon, .ok, "\(count) settings, all understood; version \(version).")]
    }

    private func files() throws -> [Examination.Finding] {
        guard let file = try file() else {
            return [
                Examination.Finding(
                    .settings, "files", .warn, "There is no settings file.",
                    remedy: "Write \(Deployment.defaultSettingsPath), or name another one in SCORABLE_CONFIG.")
            ]
        }
        var findings = [secrecy(of: file.path, called: "settings file", isSecret: Self.holdsSecrets(file))]
        for (key, entry) in file.entries.sorted(by: { $0.key < $1.key }) {
            if key.hasSuffix(".file") || key.hasSuffix("tls.key") {
                findings.append(secrecy(of: entry.text, called: key, isSecret: true))
            } else if key.hasSuffix("tls.certificate") {
                findings.append(certificate(entry.text, called: key))
            }
        }
        return findings
    }

    private static func holdsSecrets(_ file: SettingsFile) -> Bool {
        file.entries.contains { key, entry in
            ["service_token", "credential_secret", "llmproxyd.private_key", "llmproxyd.former_private_key"].contains(
                key)
                || Secret.maskingPassword(in: entry.text) != entry.text
        }
    }

    private func secrecy(of path: String, called name: String, isSecret: Bool) -> Examination.Finding {
        do {
            let facts = try FileFacts(of: path)
            if isSecret, facts.isReadableByAll {
                return Examination.Finding(
                    .settings, name, .fail, "\(path) holds a secret, and every user of this host may read it.",
                    remedy: "chmod 0640 \(path), with the daemons' group, or 0600.")
            }
            if facts.isWritableByOthers {
                return Examination.Finding(
                    .settings, name, .fail, "\(path) may be changed by others than its owner.",
                    remedy: "chmod go-w \(path)")
            }
            return Examination.Finding(
                .settings, name, .ok, "\(path) is \(isSecret ? "kept from others" : "changed by its owner only").")
        } catch {
            return Examination.Finding(
                .settings, name, .fail, "\(error)",
                remedy: "The file must be there, and be readable for the daemons' user. Is doctor run as root?")
        }
    }

    private func certificate(_ path: String, called name: String) -> Examination.Finding {
        do {
            let text = String(decoding: try FileContents.read(path), as: UTF8.self)
            let end = "-----END CERTIFICATE-----"
            let first = text.firstRange(of: end).map { String(text[..<$0.upperBound]) } ?? text
            let expires = try PublicCertificate(text: first).expires
            let left = expires.timeIntervalSince(now()) / Self.day
            let detail =
                left < 0
                ? "The certificate in \(path) ended \(Int(-left)) days ago."
                : "The certificate in \(path) ends in \(Int(left)) days."
            guard left < 30 else { return Examination.Finding(.settings, name, .ok, detail) }
            return Examination.Finding(
                .settings, name, left < 0 ? .fail : .warn, detail,
                remedy: "Put a new one there, and: systemctl reload scorable-apid. It is read anew without a restart.")
        } catch {
            return Examination.Finding(
                .settings, name, .fail, "\(path): \(error)", remedy: "Put a certificate in PEM there.")
        }
    }
}

extension Installation {
    /// What the daemons are started with here.
    var daemonEnvironment: [String: String] {
        var environment = environment
        if state.isMade, environment[Deployment.settingsPathVariable] == nil {
            environment[Deployment.settingsPathVariable] = state.settings
        }
        return environment
    }
}
