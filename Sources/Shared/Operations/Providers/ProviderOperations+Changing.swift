package import Scoring
package import Spending
internal import Tenancy

// Changing something with what has to come with it: an entry of the audit, and news for other processes.
extension ProviderOperations {
    /// What is changed.
    package enum Thing: Sendable, Hashable {
        case provider(ProviderID)
        case model(ModelID)
        case price(PriceEntryID)
        case budget(BudgetID)
    }

    /// Changes something that is there, by the operations that `change` is given: in one transaction with the entry of the
    /// audit that tells of it, under a name such as `provider.update`, with how it was before and is then. Others hear of it
    /// when that is committed.
    package func changing<Result: Sendable>(
        _ action: String, _ thing: Thing, by actor: AuditActor,
        _ change: @Sendable (ProviderOperations) async throws -> Result
    ) async throws -> Result {
        try await announcing.announcing { changes in
            try await audit.changing(action, thing, by: actor) { try await change(on($0, changes)) }
        }
    }

    /// Makes something new in the same way, under a name such as `provider.create`.
    package func making<Result: Sendable>(
        _ action: String, by actor: AuditActor, _ make: @Sendable (ProviderOperations) async throws -> Result,
        thing: @Sendable (Result) -> Thing
    ) async throws -> Result {
        try await announcing.announcing { changes in
            try await audit.making(action, by: actor) {
                try await make(on($0, changes))
            } thing: {
                thing($0)
            }
        }
    }
}
