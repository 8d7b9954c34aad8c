internal import HTTPMessages
internal import JSON

/// What an HTTP API is: its operations in groups, ready to be rendered for programs and for people.
package struct APIDescription: Sendable {
    package let title: String
    package let version: String
    /// What everybody should read first, a paragraph each.
    package let introduction: [String]
    package let groups: [OperationGroup]
    /// The statuses of problems that every call may end with.
    package let commonProblems: [Int]
    /// The shape of a problem's body.
    package let problem: Schema
    /// What every call that can be repeated may say in its header.
    package let headers: [Parameter]
    /// The named schemas.
    package let components: [String: Schema]
    /// What is wrong with the description itself: notes about members that there are not.
    package let mistakes: [String]
    private let contents: [String: RenderedContents]

    /// The schemas of one operation.
    struct RenderedContents: Sendable {
        var bodies: [(type: String, schema: Schema)] = []
        var answers: [[(type: String, schema: Schema)]] = []
    }

    /// Reads the schemas of everything that is sent and answered.
    package init(
        title: String, version: String, introduction: [String], groups: [OperationGroup], commonProblems: [Int],
        problem: Schema, headers: [Parameter]
    ) {
        self.title = title
        self.version = version
        self.introduction = introduction
        self.groups = groups
        self.commonProblems = commonProblems
        self.problem = problem
        self.headers = headers
        var reader = SchemaReader()
        var contents: [String: RenderedContents] = [:]
        for operation in groups.flatMap(\.operations) {
            contents[operation.id] = RenderedContents(
                bodies: operation.bodies.map { ($0.type, $0.schema(&reader)) },
                answers: operation.answers.map { $0.contents.map { ($0.type, $0.schema(&reader)) } })
        }
        self.contents = contents
        components = reader.components
        mistakes = reader.mistakes
    }

    func contents(of operation: Operation) -> RenderedContents { contents[operation.id] ?? RenderedContents() }

    /// The statuses that an operation may be answered with, in order.
    package func statuses(of operation: Operation) -> [Int] {
        var problems = operation.problems.union(commonProblems.filter { ![401, 403].contains($0) })
        if !operation.isForEverybody { problems.formUnion([401, 403]) }
        if operation.parameters.contains(where: { $0.place == .query }) { problems.insert(400) }
        if isRepeatable(operation) { problems.formUnion([400, 409, 422]) }
        return problems.union(operation.answers.map(\.status)).sorted()
    }

    /// The parameters of an operation, and those that every one of its kind has.
    func parameters(of operation: Operation) -> [Parameter] {
        isRepeatable(operation) ? operation.parameters + headers : operation.parameters
    }

    /// Whether it may be repeated with a key: every POST with credentials, but for those that take forms with files alone.
    private func isRepeatable(_ operation: Operation) -> Bool {
        let takesFilesAlone = !operation.bodies.isEmpty && operation.bodies.allSatisfy(\.isMultipart)
        return operation.method == .post && !operation.isForEverybody && !takesFilesAlone && !headers.isEmpty
    }
}
