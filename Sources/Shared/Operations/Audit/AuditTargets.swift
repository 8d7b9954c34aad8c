internal import Cryptography
internal import FoundationEssentials
internal import Postgres
package import Records
package import Stores
package import Tenancy
package import WireAPI

/// Where the audit is sent to: which receivers there are, and what people say of them. Sending is the LLM proxy's, which
/// alone may reach what is outside.
package struct AuditTargets: Sendable {
    private let store: AuditTargetStore
    private let installation: InstallationStore
    private let organizations: OrganizationStore
    private let audit: Audit
    private let identifiers: IdentifierSource

    private static let longestPEM = 64 << 10

    package init(
        store: AuditTargetStore, installation: InstallationStore, organizations: OrganizationStore, audit: Audit,
        identifiers: IdentifierSource
    ) {
        self.store = store
        self.installation = installation
        self.organizations = organizations
        self.audit = audit
        self.identifiers = identifiers
    }

    /// Those within the caller's reach.
    package func list(for actor: AuditActor) async throws -> OperatorAuditForwarding {
        try actor.require(.auditForward)
        let found = try await store.list(
            of: actor.organizationID, andOfInstallation: try await runsInstallation(actor))
        return OperatorAuditForwarding(results: found.map(OperatorAuditTarget.init))
    }

    /// Adds one. It gets what comes from now on, or where that is wished all that there is.
    /// - Throws: `PermissionDenied`; `InvalidDefinition`; `NotOfInstallation`; `KeyCannotBeSealed`; `Conflict`.
    package func add(_ draft: OperatorAuditTargetDraft, by actor: AuditActor) async throws -> OperatorAuditTarget {
        let runs = try await runsInstallation(actor)
        let isOfInstallation = draft.isOfInstallation ?? runs
        let id = AuditTargetID(uuid: identifiers.uuid())
        try await audit.perform(
            Audit.Deed("audit_target.create", on: Self.subject(id)), by: actor, needs: .auditForward
        ) { connection in
            guard runs || !isOfInstallation else { throw NotOfInstallation() }
            let target = try await target(
                draft, id, of: isOfInstallation ? nil : actor.organizationID,
                sealedKey: try await sealed(draft.clientKey, for: id), at: identifiers.nextDated(AuditEntry.self).date)
            try await AuditTargetStore.add(target, fromStart: draft.fromStart ?? false, on: connection)
            return Audit.Change((), after: Figures(target, fromStart: draft.fromStart ?? false))
        }
        return OperatorAuditTarget(try await known(id, for: actor))
    }

    /// Replaces what is said of one. Its key stays when none is given.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition`; `ChangedMeanwhile`; `KeyCannotBeSealed`; `Conflict`.
    package func change(
        _ id: AuditTargetID, to draft: OperatorAuditTargetDraft, by actor: AuditActor
    ) async throws -> OperatorAuditTarget {
        try await audit.perform(
            Audit.Deed("audit_target.update", on: Self.subject(id)), by: actor, needs: .auditForward
        ) { connection in
            let before = try await known(id, for: actor).target
            let key = try await sealed(draft.clientKey, for: id)
            let keptKey = draft.clientCertificate == nil ? nil : before.sealedClientKey
            let after = try await target(
                draft, id, of: before.organizationID, sealedKey: key ?? keptKey, at: before.createdAt)
            let fromStart = draft.fromStart ?? false
            try await AuditTargetStore.update(
                after, expecting: draft.revision.map(Int.init), fromStart: fromStart, on: connection
            ).require("Receiver")
            return Audit.Change(
                (), before: Figures(before, fromStart: false), after: Figures(after, fromStart: fromStart))
        }
        return OperatorAuditTarget(try await known(id, for: actor))
    }

    /// Removes one: nothing more is sent to it.
    /// - Throws: `PermissionDenied`; `NotFound`.
    package func remove(_ id: AuditTargetID, by actor: AuditActor) async throws {
        try await audit.perform(
            Audit.Deed("audit_target.delete", on: Self.subject(id)), by: actor, needs: .auditForward
        ) { connection in
            let before = try await known(id, for: actor).target
            guard try await AuditTargetStore.remove(id, on: connection) else { throw NotFound("Receiver") }
            return Audit.Change((), before: Figures(before, fromStart: false))
        }
    }

    // MARK: Within reach

    private func known(_ id: AuditTargetID, for actor: AuditActor) async throws -> AuditTargetStore.Standing {
        guard let found = try await store.find(id) else { throw NotFound("Receiver") }
        let isOwn = found.target.organizationID.map { $0 == actor.organizationID } ?? false
        let runs = try await runsInstallation(actor)
        guard isOwn || (runs && (found.target.organizationID == nil || actor.organizationID == nil)) else {
            throw NotFound("Receiver")
        }
        return found
    }

    /// Whoever administers on the server itself does, too.
    private func runsInstallation(_ actor: AuditActor) async throws -> Bool {
        guard let organization = actor.organizationID else { return true }
        return try await organizations.runsInstallation(organization)
    }

    private static func subject(_ id: AuditTargetID) -> String { "audit_target:\(id)" }

    // MARK: Drafts

    private func target(
        _ draft: OperatorAuditTargetDraft, _ id: AuditTargetID, of organization: OrganizationID?, sealedKey: [UInt8]?,
        at creation: Date
    ) async throws -> AuditTarget {
        let transport = AuditTarget.Transport(rawValue: draft.transport)
        let format = AuditTarget.Format(rawValue: draft.format)
        try InvalidDefinition.check { findings in
            findings.length(of: draft.name, in: 1...100, field: "name")
            findings.length(of: draft.host, in: 1...253, field: "host")
            if draft.host.contains(where: { $0.isWhitespace || "/@".contains($0) }) {
                findings.add("host", "A name or an address, without a port.")
            }
            if !(1...65535).contains(draft.port) { findings.add("port", "A number from 1 to 65535.") }
            if transport == nil { findings.add("transport", "There are: tcp, tls.") }
            if format == nil { findings.add("format", "There are: rfc5424, json, cef.") }
            check(draft, hasKey: sealedKey != nil, &findings)
        }
        guard let transport, let format else { throw InvalidDefinition("transport", "There are: tcp, tls.") }
        return AuditTarget(
            id: id, organizationID: organization, name: draft.name, host: draft.host,
            port: UInt16(clamping: draft.port),
            transport: transport, format: format, certificateAuthority: draft.certificateAuthority,
            clientCertificate: draft.clientCertificate, sealedClientKey: sealedKey, isEnabled: draft.isEnabled ?? true,
            createdAt: creation)
    }

    /// What certificates have to be, so that sending does not fail of them later.
    private func check(
        _ draft: OperatorAuditTargetDraft, hasKey: Bool, _ findings: inout InvalidDefinition.Findings
    ) {
        if let authority = draft.certificateAuthority {
            findings.length(of: authority, in: 1...Self.longestPEM, field: "certificate_authority")
            do {
                _ = try TLSClientContext(rootsPEM: authority)
            } catch {
                findings.add("certificate_authority", "Not a certificate in PEM.")
            }
        }
        guard let certificate = draft.clientCertificate else {
            if draft.clientKey != nil { findings.add("client_key", "A key is shown with a certificate only.") }
            return
        }
        findings.length(of: certificate, in: 1...Self.longestPEM, field: "client_certificate")
        guard let key = draft.clientKey else {
            if !hasKey { findings.add("client_key", "A certificate is shown with its key only.") }
            return
        }
        do {
            _ = try TLSClientContext(
                rootsPEM: draft.certificateAuthority,
                credentials: TLSCredentials(certificatePEM: certificate, privateKeyPEM: key))
        } catch {
            findings.add("client_certificate", "Certificate and key do not belong together, or are not in PEM.")
        }
    }

    private func sealed(_ key: String?, for id: AuditTargetID) async throws -> [UInt8]? {
        guard let key else { return nil }
        guard let publicKey = try await installation.proxyPublicKey() else { throw KeyCannotBeSealed() }
        return try SealedBox.seal(
            Array(key.utf8), to: SealedBox.PublicKey(publicKey), purpose: AuditTarget.keyPurpose,
            context: Array(id.description.utf8))
    }

    /// What the audit keeps of one.
    private struct Figures: Encodable, Sendable {
        let name: String
        let host: String
        let port: Int
        let transport: String
        let format: String
        let hasCertificateAuthority: Bool
        let hasClientCertificate: Bool
        let isEnabled: Bool
        let isOfInstallation: Bool
        let fromStart: Bool

        init(_ target: AuditTarget, fromStart: Bool) {
            name = target.name
            host = target.host
            port = Int(target.port)
            transport = target.transport.rawValue
            format = target.format.rawValue
            hasCertificateAuthority = target.certificateAuthority != nil
            hasClientCertificate = target.clientCertificate != nil
            isEnabled = target.isEnabled
            isOfInstallation = target.organizationID == nil
            self.fromStart = fromStart
        }
    }
}

extension OperatorAuditTarget {
    fileprivate init(_ standing: AuditTargetStore.Standing) {
        let target = standing.target
        self.init(
            id: target.id.uuid, name: target.name, host: target.host, port: Int(target.port),
            transport: target.transport.rawValue, format: target.format.rawValue,
            certificateAuthority: target.certificateAuthority, clientCertificate: target.clientCertificate,
            isEnabled: target.isEnabled, isOfInstallation: target.organizationID == nil, createdAt: target.createdAt,
            waiting: standing.waiting, sentThroughAt: standing.sentAt, lastFailure: standing.failure,
            failingSince: standing.failingSince, waitingSeconds: standing.waitingSeconds,
            revision: Int64(target.revision))
    }
}
