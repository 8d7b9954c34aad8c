package import FoundationEssentials
internal import JSON
package import Jobs
package import Postgres
package import Queueing
package import Records
package import Scoring
internal import Stores
package import Tenancy

/// Prompt tests: a prompt, filled with many inputs, on a model, with what evaluators say of the answers. Several of them side
/// by side say which prompt and which model is the better one.
package struct PromptTests: Sendable {
    let database: PostgresClient
    let queue: JobQueue
    let store: PromptTestStore
    let datasets: DatasetStore
    let catalogue: Catalogue
    let models: Models
    let projects: Projects
    let identifiers: IdentifierSource

    /// What prompt tests are called among all batches.
    package static let kind = JobKind("prompt_test")

    package init(
        database: PostgresClient, queue: JobQueue, catalogue: Catalogue, models: Models, projects: Projects,
        identifiers: IdentifierSource
    ) {
        self.database = database
        self.queue = queue
        store = PromptTestStore(database: database)
        datasets = DatasetStore(database: database)
        self.catalogue = catalogue
        self.models = models
        self.projects = projects
        self.identifiers = identifiers
    }

    /// The test with all of its tasks, in the order of its inputs.
    /// - Throws: `NotFound`.
    package func find(_ id: BatchID, for principal: Principal) async throws -> PromptTestStanding {
        guard let test = try await store.find(id, in: principal.organizationID),
            principal.may(.executionLogRead, with: test.organizationID, in: test.projectID)
                || principal.may(.modelExecute, with: test.organizationID, in: test.projectID)
        else { throw NotFound("Prompt test") }
        return PromptTestStanding(
            test: test, tasks: try await store.tasks(of: id, in: principal.organizationID))
    }
}

/// A prompt test and how far each of its tasks is.
package struct PromptTestStanding: Sendable {
    package let test: PromptTest
    package let tasks: [PromptTestTask]
}

/// What a caller wants tested.
package struct PromptTestDraft: Sendable {
    package let prompt: String
    package let model: String
    /// Each a JSON object with a member for each name of the prompt.
    package var inputs: [OpaqueJSON] = []
    /// Whose items are filled in as well, behind the inputs.
    package var dataset: DatasetID?
    /// Those that look at the answers, each at the version that is named, else at its latest.
    package var evaluators: [(choice: EvaluatorChoice, version: EvaluatorVersionID?)] = []
    package var responseSchema: OpaqueJSON?
    package var projectID: ProjectID?
    /// The call that starts the test; when it is made again it starts no other. `nil` for one that nobody repeats.
    package var callID: UUID?

    package init(prompt: String, model: String) {
        self.prompt = prompt
        self.model = model
    }
}
