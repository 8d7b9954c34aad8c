internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPServing
internal import Settings
internal import WireAPI

extension OperatorInstance {
    /// This process with what its settings are.
    ///
    /// Secrets are told by keyed digests: whoever reads them can compare, and cannot try passwords.
    init(daemon: String, address: String, settings reader: SettingsReader, id: UUID, now: Date) {
        let settings = reader.digests(keyedBy: OperatorInstances.tokenKey) { value, key in
            let code = HMACSHA256.authenticate(Array(value.utf8), key: Array("scorable settings \(key)".utf8))
            return String(code.prefix(8).flatMap { [$0 >> 4, $0 & 15] }.map { String($0, radix: 16) }.joined())
        }
        self.init(
            id: id, daemon: daemon, host: ProcessInfo.processInfo.hostName,
            pid: Int(ProcessInfo.processInfo.processIdentifier), version: Release.version, startedAt: now,
            address: address,
            settings: settings.map { found in
                Setting(
                    key: found.setting.declaration.key, value: found.setting.shown, source: "\(found.setting.source)",
                    digest: found.digest, isSecret: found.setting.declaration.isSecret,
                    isCommon: Self.isCommon(found.setting.declaration.key))
            })
    }

    /// Whether processes have no reason to have it different: where they listen, what they log, how many loops they have
    /// and by which address they reach a neighbour is each host's own.
    private static func isCommon(_ key: String) -> Bool {
        if key == "database.url" || key == "redis.url" { return true }
        let ends = [".listen", ".loops", ".url", ".urls", ".usage_log", ".directory", ".tls.certificate", ".tls.key"]
        guard !key.hasPrefix("log.") else { return false }
        return !ends.contains { key.hasSuffix($0) }
    }
}

extension Composition {
    /// Tells who this process is to those who show a service token: for a daemon that has no store to announce itself in.
    package mutating func tellInstance(to tokens: ServiceTokens) {
        guard let instance else { return }
        var router = Router()
        router.on(.get, OperatorInstance.path) { _ in .json(instance) }
        serveInternally(router, through: [tokens.middleware])
    }
}
