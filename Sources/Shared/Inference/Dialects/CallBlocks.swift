package import ChatModel

/// The tool calls among the blocks of a streamed answer. A call without arguments may come without a piece of them, but
/// callers read them as JSON, which nothing is not.
package struct CallBlocks: Sendable {
    private struct Call: Sendable {
        /// The number of the block at the provider; the place is that of the call.
        let block: Int
        /// What the arguments are when no piece of them comes; `nil` once one has.
        var input: String?
    }

    private var calls: [Call] = []

    package init() {}

    /// A call begins, with the arguments that it has when no pieces of them come.
    /// - Returns: Its number among the calls of the answer.
    package mutating func begin(_ block: Int, input: String = "{}") -> Int {
        calls.append(Call(block: block, input: input))
        return calls.count - 1
    }

    /// A piece of the arguments has come.
    package mutating func take(_ piece: String?, of block: Int) -> [ChatEvent] {
        guard let piece, !piece.isEmpty, let call = calls.lastIndex(where: { $0.block == block }) else { return [] }
        calls[call].input = nil
        return [ChatEvent(.toolArguments(index: call, piece))]
    }

    /// A block has ended.
    package mutating func end(_ block: Int) -> [ChatEvent] {
        guard let call = calls.lastIndex(where: { $0.block == block }), let input = calls[call].input else { return [] }
        calls[call].input = nil
        return [ChatEvent(.toolArguments(index: call, input))]
    }
}
