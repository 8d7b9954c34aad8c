internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Records
internal import Stores
internal import Tenancy
internal import WireAPI

/// What people did, and where that is sent to.
package struct AuditRoutes: Sendable {
    private let entries: AuditEntries
    private let targets: AuditTargets

    private static let exportType = "audit"

    package init(entries: AuditEntries, targets: AuditTargets) {
        self.entries = entries
        self.targets = targets
    }

    func add(to routes: inout ProtectedRoutes) {
        addEntries(to: &routes)
        addForwarding(to: &routes)
    }

    private func addEntries(to routes: inout ProtectedRoutes) {
        let path = OperatorAuditPage.path
        routes.on(.get, path, needs: .auditRead) { context, principal in
            let found = try await entries.page(
                try context.pageRequest(), matching: try AuditFilter(context.query), for: principal)
            return .json(
                OperatorAuditPage(
                    results: found.items.map(OperatorAuditEntry.init),
                    next: found.nextCursor { Keyset(createdAt: $0.entry.createdAt, id: $0.entry.id.uuid) }))
        }
        routes.on(.get, OperatorAuditTail.path, needs: .auditRead) { context, principal in
            let limit = try context.query.int("page_size", clampedTo: 1...100) ?? 50
            let tail = try await entries.tail(
                behind: try context.query.value("after", as: AuditEntries.TailPlace.self), limit: limit,
                matching: try AuditFilter(context.query), for: principal)
            return .json(
                OperatorAuditTail(
                    results: tail.entries.map(OperatorAuditEntry.init), after: tail.place.description,
                    hasMore: tail.hasMore))
        }
        routes.on(.get, OperatorAuditChains.path, needs: .auditRead) { _, principal in
            .json(
                OperatorAuditChains(
                    results: try await entries.chains(for: principal).map(OperatorAuditChains.Chain.init)))
        }
        routes.on(.get, path + "/export", needs: .auditRead, leaving: .export) { context, principal in
            let format = try context.query.choice("format", of: AuditTable.Format.self) ?? .jsonl
            let filter = try AuditFilter(context.query)
            return .file(named: "\(Self.exportType).\(format.rawValue)", type: format.contentType) { write in
                try await entries.export(format, matching: filter, for: principal) { try await write($0) }
            }
        }
        routes.on(.get, path + "/{id}", needs: .auditRead) { context, principal in
            .json(OperatorAuditEntry(try await entries.find(context.parameter("id"), for: principal)))
        }
    }

    private func addForwarding(to routes: inout ProtectedRoutes) {
        let path = OperatorAuditForwarding.path
        routes.on(.get, path, needs: .auditForward) { context, principal in
            .json(try await targets.list(for: context.actor(principal)))
        }
        routes.on(.post, path, needs: .auditForward, confirmed: true) { context, principal in
            let draft = try await context.decode(OperatorAuditTargetDraft.self)
            return .json(try await targets.add(draft, by: context.actor(principal)), status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .auditForward, confirmed: true) { context, principal in
            let draft = try await context.decode(OperatorAuditTargetDraft.self)
            return .json(
                try await targets.change(
                    context.parameter("id"), to: draft, by: context.actor(principal)))
        }
        routes.on(.delete, path + "/{id}", needs: .auditForward, confirmed: true) { context, principal in
            try await targets.remove(context.parameter("id"), by: context.actor(principal))
            return .noContent
        }
    }
}

extension AuditFilter {
    fileprivate init(_ query: QueryParameters) throws {
        self.init(
            actor: query["actor"], action: query["action"], subject: query["subject"],
            outcome: try query.choice("outcome", of: AuditEntry.Outcome.self), address: query["address"],
            since: try query.date("since"), until: try query.date("until"), text: query["text"])
    }
}

extension OperatorAuditChains.Chain {
    fileprivate init(_ state: AuditEntries.ChainState) {
        self.init(
            isOfInstallation: state.chain.organizationID == nil, length: state.head.position,
            sealedThrough: state.seal?.place.position ?? 0, sealedAt: state.seal?.sealedAt,
            checkedAt: state.check?.checkedAt, checkedWholeAt: state.check?.checkedWholeAt,
            fault: state.check?.fault.map {
                OperatorAuditChains.Fault(position: $0.position, reason: $0.reason, foundAt: $0.foundAt)
            })
    }
}
