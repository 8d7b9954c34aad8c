internal import ChatModel
internal import Scoring

/// Which parts of an input an evaluator gets to see, as blocks, and how its criteria refer to them.
///
/// Placeholders never become text of the criteria: they become references to blocks, so nothing that is judged ever
/// stands where instructions stand. Criteria without placeholders see all that was given.
struct JudgeMaterial {
    private(set) var blocks: [QuotedBlock] = []
    /// What the criteria name and the input does not have.
    private(set) var missing: [String] = []
    private var references: [String: String] = [:]

    init(
        task: EvaluatorTask, segments: [CriteriaTemplate.Segment], input: EvaluationInput,
        files: FileBlocks = FileBlocks([])
    ) throws(EvaluationFailure) {
        var wanted = Self.names(segments)
        let seesEverything = wanted.isEmpty
        for name in task.variables where !wanted.contains(name) { wanted.append(name) }
        var builtIn = seesEverything ? Set(BuiltInInput.allCases) : Set(wanted.compactMap(BuiltInInput.init(rawValue:)))
        // It is where a conversation begins; criteria that look at a part of one do not get it unasked.
        let isAskedForPrompt = builtIn.contains(.systemPrompt)
        if builtIn.contains(.turns) { builtIn.insert(.systemPrompt) }
        try addVariables(wanted, input)
        let fillsIn = addTexts(builtIn, input)
        if !input.turns.isEmpty { addTurns(builtIn, input) }
        if blocks.isEmpty || fillsIn { addWhatIsThere(input) }
        guard !blocks.isEmpty else {
            throw EvaluationFailure(code: .invalidInput, message: "the input has nothing that could be judged")
        }
        addFiles(files, insteadOf: &builtIn, input)
        guard !seesEverything else { return }
        if !isAskedForPrompt { builtIn.remove(.systemPrompt) }
        missing = builtIn.subtracting(provided(input)).map(\.rawValue).sorted()
    }

    /// The criteria with every placeholder replaced by a reference.
    func criteria(_ segments: [CriteriaTemplate.Segment]) -> String {
        var text = ""
        for segment in segments {
            switch segment {
            case .text(let literal): text += literal
            case .placeholder(let name): text += references[name] ?? "[\(name)]"
            }
        }
        return text
    }

    /// The size of all texts, for reserving.
    var byteCount: Int { blocks.reduce(0) { $0 + $1.text.utf8.count + 2 * $1.name.utf8.count + 64 } }

    private static func names(_ segments: [CriteriaTemplate.Segment]) -> [String] {
        var names: [String] = []
        for case .placeholder(let name) in segments where !names.contains(name) { names.append(name) }
        return names
    }

    private mutating func addVariables(_ names: [String], _ input: EvaluationInput) throws(EvaluationFailure) {
        for name in names where BuiltInInput(rawValue: name) == nil {
            guard let value = input.variables[name] else {
                throw EvaluationFailure(code: .invalidInput, message: "the criteria need a value for \"\(name)\"")
            }
            // Below a name of its own, so that a variable called `criteria` is not taken for the criteria.
            let block = QuotedBlock(name: "variables.\(name)", text: value)
            references[name] = "[\(block.name)]"
            blocks.append(block)
        }
    }

    /// Adds the plain texts that are wanted.
    /// - Returns: Whether a conversation is wanted that was given as request and response instead of turns.
    private mutating func addTexts(_ wanted: Set<BuiltInInput>, _ input: EvaluationInput) -> Bool {
        if wanted.contains(.systemPrompt) { add(.systemPrompt, Self.systemPrompt(of: input)) }
        if wanted.contains(.request) { add(.request, input.request) }
        if wanted.contains(.contexts) { addContexts(input.contexts, below: BuiltInInput.contexts.rawValue) }
        if wanted.contains(.expectedOutput) { add(.expectedOutput, input.expectedOutput) }
        if wanted.contains(.tools), input.turns.isEmpty { add(.tools, input.tools?.text) }
        if wanted.contains(.response) { add(.response, input.response) }
        guard wanted.contains(.turns), input.turns.isEmpty else { return false }
        references[BuiltInInput.turns.rawValue] = "[request] and [response]"
        return true
    }

    /// The conversation, with the tools that the assistant had; request and response then are turns of it.
    private mutating func addTurns(_ wanted: Set<BuiltInInput>, _ input: EvaluationInput) {
        add(.tools, input.tools?.text)
        for (index, turn) in input.turns.enumerated() {
            let name = "turns.\(index + 1)"
            addContexts(turn.contexts, below: "\(name).contexts")
            if let call = turn.toolCallID { blocks.append(QuotedBlock(name: "\(name).tool_call_id", text: call)) }
            if let content = turn.content {
                let block = QuotedBlock(name: "\(name).\(turn.role.rawValue)", text: content)
                blocks.append(block)
                if turn.role == .user, input.request == nil { references["request"] = "[\(block.name)]" }
                if turn.role == .assistant, input.response == nil { references["response"] = "[\(block.name)]" }
            }
            if let calls = turn.toolCalls { blocks.append(QuotedBlock(name: "\(name).tool_calls", text: calls.text)) }
        }
    }

    /// What the criteria ask for was not given, but something was: it is judged by what there is.
    private mutating func addWhatIsThere(_ input: EvaluationInput) {
        add(.request, input.request)
        add(.response, input.response)
        guard blocks.isEmpty else { return }
        addContexts(input.contexts, below: BuiltInInput.contexts.rawValue)
        add(.expectedOutput, input.expectedOutput)
    }

    /// Files are seen by every evaluator, and are the contexts where none are given.
    private mutating func addFiles(
        _ files: FileBlocks, insteadOf wanted: inout Set<BuiltInInput>, _ input: EvaluationInput
    ) {
        guard !files.blocks.isEmpty else { return }
        blocks += files.blocks
        guard input.contexts.isEmpty else { return }
        references[BuiltInInput.contexts.rawValue] = "[\(FileBlocks.name)]"
        wanted.remove(.contexts)
    }

    private mutating func add(_ input: BuiltInInput, _ text: String?) {
        guard let text, !blocks.contains(where: { $0.name == input.rawValue }) else { return }
        blocks.append(QuotedBlock(name: input.rawValue, text: text))
    }

    private mutating func addContexts(_ contexts: [String], below name: String) {
        for (index, context) in contexts.enumerated() {
            blocks.append(QuotedBlock(name: "\(name).\(index + 1)", text: context))
        }
    }

    /// The system prompt; criteria used to get it as a variable of the same name.
    private static func systemPrompt(of input: EvaluationInput) -> String? {
        input.systemPrompt ?? input.variables[BuiltInInput.systemPrompt.rawValue]
    }

    private func provided(_ input: EvaluationInput) -> Set<BuiltInInput> {
        var given: Set<BuiltInInput> = []
        if input.effectiveRequest != nil { given.insert(.request) }
        if input.effectiveResponse != nil { given.insert(.response) }
        if !input.contexts.isEmpty { given.insert(.contexts) }
        if input.expectedOutput != nil { given.insert(.expectedOutput) }
        if !input.turns.isEmpty { given.insert(.turns) }
        if input.tools != nil { given.insert(.tools) }
        if Self.systemPrompt(of: input) != nil { given.insert(.systemPrompt) }
        return given
    }
}
