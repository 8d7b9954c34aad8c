internal import FoundationEssentials
internal import JSON
internal import Logging
package import Jobs
package import Postgres
internal import Queueing
package import Scoring
internal import Stores
package import Tenancy

/// Made-up samples of judges: wanted when a judge is generated, written in the background.
package struct JudgeSamples: Sendable {
    private let database: PostgresClient
    private let store: JudgeSampleStore
    private let judges: Judges
    private let queue: JobQueue
    private let identifiers: IdentifierSource

    package init(
        database: PostgresClient, judges: Judges, queue: JobQueue, identifiers: IdentifierSource
    ) {
        self.database = database
        store = JudgeSampleStore(database: database)
        self.judges = judges
        self.queue = queue
        self.identifiers = identifiers
    }

    /// How the samples of a judge stand; `nil` when none were ever wanted.
    /// - Throws: `NotFound`.
    package func standing(
        of id: JudgeID, for principal: Principal
    ) async throws -> JudgeSampleStanding? {
        let judge = try await judges.find(id, for: principal)
        return try await store.standing(of: judge.id, in: principal.organizationID)
    }

    /// Has samples written for a judge. That they cannot be asked for is no reason not to have the judge.
    func request(of judge: Judge, for principal: Principal, _ context: CallContext) async {
        let (id, moment) = identifiers.nextDated(Job.self)
        let job = DraftJudgeSamples.job(id, for: judge, principal)
        do {
            let tickets = try await database.transaction { connection in
                try await store.request(
                    of: judge.id, in: principal.organizationID, at: moment, on: connection)
                return try await queue.add([job], on: connection)
            }
            await queue.dispatch(tickets)
        } catch {
            context.logger.warning("samples of a judge could not be asked for", metadata: ["error": "\(error)"])
        }
    }
}
