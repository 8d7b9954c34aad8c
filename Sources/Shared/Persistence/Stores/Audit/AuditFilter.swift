package import FoundationEssentials
internal import Postgres
package import Records
internal import Tenancy

/// Which entries of the audit are meant; what is `nil` does not matter.
package struct AuditFilter: Sendable, Hashable {
    /// A part of the name, in any case, or the identifier of a person or a key.
    package var actor: String?
    /// Exactly, or where it ends in a dot, with this beginning.
    package var action: String?
    /// Exactly, or where it ends in a colon, with this beginning.
    package var subject: String?
    package var outcome: AuditEntry.Outcome?
    /// Exactly, or where it ends in a dot or a colon, with this beginning; or a network such as `10.0.0.0/8`.
    package var address: String?
    package var since: Date?
    package var until: Date?
    /// Words somewhere in the action, the subject, the actor's name, the request's identifier or the change.
    package var text: String?

    package init(
        actor: String? = nil, action: String? = nil, subject: String? = nil, outcome: AuditEntry.Outcome? = nil,
        address: String? = nil, since: Date? = nil, until: Date? = nil, text: String? = nil
    ) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.address = address
        self.since = since
        self.until = until
        self.text = text
    }

    /// What they must be; the indexes begin with the chain.
    func conditions(in chain: AuditChain) -> [SQL] {
        var conditions: [SQL] = []
        if let actor { conditions.append(Self.isActor(actor)) }
        if let action { conditions.append(Self.begins("action", action, open: ".")) }
        if let subject { conditions.append(Self.begins("subject", subject, open: ":")) }
        if let address { conditions.append(Self.isFrom(address)) }
        if let outcome { conditions.append(Self.isOutcome(outcome)) }
        if let since { conditions.append("created_at >= \(since)") }
        if let until { conditions.append("created_at < \(until)") }
        if let text {
            let pattern = SearchPattern.containing(text.lowercased())
            conditions.append(
                """
                lower(concat_ws(' ', action, subject, actor_name, request_id, before::text, after::text)) \
                LIKE \(pattern)
                """)
        }
        return conditions.isEmpty ? [] : ["chain = \(chain.id)"] + conditions
    }

    private static func isActor(_ text: String) -> SQL {
        if let id = UUID(uuidString: text) { return "(actor_id = \(id) OR actor_key_id = \(id))" }
        return "lower(actor_name) LIKE \(SearchPattern.containing(text.lowercased()))"
    }

    /// What is no address is in no network, and what is no network has nothing in it.
    private static func isFrom(_ address: String) -> SQL {
        guard address.contains("/") else { return begins("address", address, open: ".:") }
        return "audit_inet(address) <<= audit_inet(\(address))"
    }

    private static func begins(_ column: String, _ text: String, open: String) -> SQL {
        guard let last = text.last, open.contains(last) else { return "\(identifier: column) = \(text)" }
        return "\(identifier: column) LIKE \(SearchPattern.beginning(with: text))"
    }

    /// Written out where that is what an index of the few others is for.
    private static func isOutcome(_ outcome: AuditEntry.Outcome) -> SQL {
        switch outcome {
        case .done: "outcome = 'done'"
        case .refused: "outcome <> 'done' AND outcome = 'refused'"
        case .failed: "outcome <> 'done' AND outcome = 'failed'"
        }
    }
}
