package import FoundationEssentials
package import Terminal
package import WireAPI

/// The items of a dataset that a person has not labelled on a scale: they come some at a time, in their order.
package struct DatasetLabelQueue: LabelQueue {
    /// So many items are asked for at once, and more when so few are left.
    private static let ahead = 10
    private static let few = 4

    private let dataset: OperatorDataset
    private let scale: OperatorScale
    private var waiting: [OperatorDatasetItem] = []
    private var reading = Awaited<OperatorLabelling>()
    /// The number of the item behind which nothing was asked for.
    private var furthest: Int?
    private var isAtEnd = false
    package private(set) var total = 0
    package private(set) var done = 0
    package private(set) var isRead = false
    package private(set) var failure: ServerFailure?

    /// Of a dataset, on a scale.
    package init(_ dataset: OperatorDataset, _ scale: OperatorScale) {
        self.dataset = dataset
        self.scale = scale
    }

    package var subject: String { dataset.label }
    package var noun: String { "items" }
    package var current: OperatorDatasetItem? { waiting.first }
    package var isReading: Bool { reading.isWaiting }

    package mutating func begin(_ context: inout ScreenContext) { if waiting.count <= Self.few { read(&context) } }

    package mutating func forget() {
        reading.forget()
        failure = nil
    }

    package mutating func beginAnew(_ context: inout ScreenContext) {
        forget()
        furthest = nil
        isAtEnd = false
        waiting = []
        read(&context)
    }

    private mutating func read(_ context: inout ScreenContext) {
        guard !reading.isWaiting, !isAtEnd else { return }
        reading.ask(.labelling(dataset.id, on: scale.id, behind: furthest, limit: Self.ahead), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = reading.take(answer) else { return }
        switch result {
        case .success(let found):
            (isRead, failure) = (true, nil)
            (total, done) = (found.total, max(done, found.done))
            isAtEnd = found.items.count < Self.ahead
            waiting += found.items.filter { item in !waiting.contains { $0.externalID == item.externalID } }
            furthest = waiting.last?.number ?? furthest
        case .failure(let failure): self.failure = failure
        }
    }

    package mutating func advance(isLabelled: Bool, _ context: inout ScreenContext) {
        waiting.removeFirst()
        if isLabelled { done += 1 }
        if waiting.count <= Self.few { read(&context) }
    }

    package mutating func putBack(
        _ item: OperatorDatasetItem, behindCurrent: Bool, _ context: inout ScreenContext
    ) {
        waiting.insert(item, at: behindCurrent ? min(1, waiting.count) : 0)
        done -= 1
    }

    package func id(of item: OperatorDatasetItem) -> UUID { item.id }
    package func name(of item: OperatorDatasetItem) -> String { "item \(item.number)" }

    package func document(of item: OperatorDatasetItem, width: Int, charset: Charset) -> Document? {
        DatasetItemScreen.document(of: item, width: width, charset: charset)
    }

    package func draft(
        of item: OperatorDatasetItem, on scale: OperatorScale, value: Double, rationale: String?
    ) -> OperatorLabelDraft {
        OperatorLabelDraft(itemID: item.id, scaleID: scale.id, value: value, rationale: rationale)
    }
}
