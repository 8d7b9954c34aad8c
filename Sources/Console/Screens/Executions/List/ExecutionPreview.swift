internal import FoundationEssentials
internal import WireAPI

/// The execution under the cursor, read in full. While the cursor runs over the rows only one question is out at a time:
/// the next one is asked when that was answered, for the row that is then under the cursor.
struct ExecutionPreview: Sendable {
    /// What is known of the execution that is wanted.
    enum State: Sendable {
        /// Not asked for: the list follows what comes in.
        case none
        case reading
        case read(OperatorExecutionDetail)
        case failed(ServerFailure)
    }

    /// The cursor may go on: nothing is asked in this time.
    private static let pause = Duration.milliseconds(120)

    /// Whether a preview is wanted where there is room for one.
    private(set) var isWanted = true
    private var wanted: UUID?
    private var asked: UUID?
    private var awaited = Awaited<OperatorExecutionDetail>()
    private var detail: OperatorExecutionDetail?
    private var failure: (id: UUID, ServerFailure)?

    /// What is known of an execution.
    func state(of id: UUID) -> State {
        if let detail, detail.execution.id == id { return .read(detail) }
        if let failure, failure.id == id { return .failed(failure.1) }
        return wanted == id ? .reading : .none
    }

    mutating func toggle() { isWanted.toggle() }

    /// An execution is to be seen; `nil` for none.
    mutating func show(_ id: UUID?, _ context: inout ScreenContext) {
        wanted = isWanted ? id : nil
        ask(&context)
    }

    /// Takes an answer, when it is the one that is waited for.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = awaited.take(answer), let id = asked else { return }
        asked = nil
        switch result {
        case .success(let detail):
            self.detail = detail
            failure = nil
        case .failure(let reason): failure = (id, reason)
        }
        ask(&context)
    }

    private mutating func ask(_ context: inout ScreenContext) {
        guard let wanted, asked == nil, detail?.execution.id != wanted, failure?.id != wanted else { return }
        asked = wanted
        awaited.ask(.execution(wanted), delay: Self.pause, &context)
    }
}
