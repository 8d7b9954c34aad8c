internal import ChatModel
internal import JSON

/// Writes an answer as the events of a stream of OpenAI's responses: items one after the other, each begun and ended,
/// and at the end the whole response once more.
struct ResponsesStreamWriter: AnswerWriter {
    private var response: ResponsesReplyWriter
    private var hasBegun = false
    private var sequence = 0
    private var items: [ResponsesItemWriter.Item] = []
    /// The items that have not ended.
    private var open: [Int] = []
    /// What the open message or thoughts hold so far; put into its item when that ends.
    private var text = ""
    private var logprobs: [TokenLogprob] = []
    /// Where each call stands among the items, by its number.
    private var places: [Int: Int] = [:]
    /// The arguments of each call so far, by its place.
    private var arguments: [Int: String] = [:]
    private var usage: ChatUsage?
    private var finish = ChatReply.FinishReason.stop

    init(_ request: ChatRequest, as identity: AnswerIdentity) {
        response = ResponsesReplyWriter(request, as: identity)
    }

    mutating func write(_ event: ChatEvent, to output: inout [UInt8]) {
        // This dialect has one answer only; more were refused when the request was written.
        guard event.choice == 0 else { return }
        switch event.kind {
        case .start(_, let name):
            response.model = name ?? response.model
            begin(&output)
        case .text(let text): say(text, isRefusal: false, &output)
        case .refusal(let text): say(text, isRefusal: true, &output)
        case .reasoning(let text, let isSummary): think(text, isSummary, &output)
        case .reasoningSignature(let signature, let format):
            changeReasoning(&output) { reasoning in
                reasoning.signature = signature
                reasoning.format = format
            }
            leaveComplete(&output)
        case .encryptedReasoning(let hidden):
            changeReasoning(&output) { reasoning in
                reasoning.encrypted = hidden.encrypted
                reasoning.format = hidden.format
            }
            leaveComplete(&output)
        case .toolCall(let number, let id, let name, let signature):
            leaveComplete(&output)
            places[number] = items.count
            enter(.call(ToolCall(id: id, name: name, arguments: "", signature: signature)), &output)
        case .toolArguments(let number, let text):
            guard let place = places[number] else { return }
            arguments[place, default: ""] += text
            self.place("response.function_call_arguments.delta", place, &output) { $0.member("delta", text) }
        case .logprobs(let tokens): logprobs += tokens
        case .finish(let reason, _): finish = reason
        case .usage(let counted): usage = counted
        case .end: end(&output)
        case .failure: break
        }
    }

    private mutating func begin(_ output: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        for type in ["response.created", "response.in_progress"] {
            event(type, &output) { response, json in
                json.key("response")
                response.write(.inProgress, usage: nil, to: &json) { _ in }
            }
        }
    }

    private mutating func end(_ output: inout [UInt8]) {
        begin(&output)
        leave(&output)
        let ending = ResponsesReplyWriter.Ending(finish)
        let items = items
        let usage = usage
        event("response.\(ending.status)", &output) { response, json in
            json.key("response")
            response.write(ending, usage: usage, to: &json) { json in
                for (index, item) in items.enumerated() {
                    ResponsesItemWriter.write(item, id: response.id(item, index), to: &json)
                }
            }
        }
    }

    // MARK: Items

    private mutating func say(_ piece: String, isRefusal: Bool, _ output: inout [UInt8]) {
        if !isOpen({ if case .message(_, let refusal, _) = $0 { isRefusal == (refusal != nil) } else { false } }) {
            leaveComplete(&output)
            enter(.message(texts: [], refusal: isRefusal ? "" : nil, logprobs: []), &output)
            part("response.content_part.added", items.count - 1, &output) { json in
                isRefusal
                    ? ResponsesItemWriter.writeRefusal("", to: &json) : ResponsesItemWriter.writeText("", to: &json)
            }
        }
        text += piece
        place(isRefusal ? "response.refusal.delta" : "response.output_text.delta", items.count - 1, &output) { json in
            json.member("content_index", 0)
            json.member("delta", piece)
            if !isRefusal { json.array("logprobs") { _ in } }
        }
    }

    private mutating func think(_ piece: String, _ isSummary: Bool, _ output: inout [UInt8]) {
        if !isOpen({ if case .reasoning(let reasoning) = $0 { reasoning.isSummary == isSummary } else { false } }) {
            leaveComplete(&output)
            enter(.reasoning(Reasoning(isSummary: isSummary)), &output)
            if isSummary {
                place("response.reasoning_summary_part.added", items.count - 1, &output) { json in
                    json.member("summary_index", 0)
                    json.key("part")
                    ResponsesItemWriter.writePiece("summary_text", "", to: &json)
                }
            }
        }
        text += piece
        place(
            isSummary ? "response.reasoning_summary_text.delta" : "response.reasoning_text.delta", items.count - 1,
            &output
        ) { json in
            json.member(isSummary ? "summary_index" : "content_index", 0)
            json.member("delta", piece)
        }
    }

    /// Whether the last item is open and such a one.
    private func isOpen(_ isSuch: (ResponsesItemWriter.Item) -> Bool) -> Bool {
        open.last == items.count - 1 && items.last.map(isSuch) == true
    }

    private mutating func changeReasoning(_ output: inout [UInt8], _ change: (inout Reasoning) -> Void) {
        if let last = open.last, case .reasoning(var reasoning) = items[last] {
            change(&reasoning)
            items[last] = .reasoning(reasoning)
        } else {
            leaveComplete(&output)
            var reasoning = Reasoning()
            change(&reasoning)
            enter(.reasoning(reasoning), &output)
        }
    }

    private mutating func enter(_ item: ResponsesItemWriter.Item, _ output: inout [UInt8]) {
        begin(&output)
        let index = items.count
        items.append(item)
        open.append(index)
        event("response.output_item.added", &output) { response, json in
            json.member("output_index", index)
            json.key("item")
            ResponsesItemWriter.write(item, id: response.id(item, index), status: "in_progress", to: &json)
        }
    }

    /// Ends what is open, but for calls whose arguments are not complete: their fragments may come mixed.
    private mutating func leaveComplete(_ output: inout [UInt8]) {
        for index in open {
            if case .call = items[index], !JSONText.isObject(arguments[index] ?? "") { continue }
            close(index, &output)
        }
    }

    private mutating func leave(_ output: inout [UInt8]) {
        for index in open { close(index, &output) }
    }

    private mutating func close(_ index: Int, _ output: inout [UInt8]) {
        open.removeAll { $0 == index }
        fill(index)
        let item = items[index]
        switch item {
        case .message(let texts, let refusal, let logprobs):
            closeMessage(texts.first ?? "", refusal, logprobs, index, &output)
        case .reasoning(let reasoning): closeReasoning(reasoning, index, &output)
        case .call(let call):
            place("response.function_call_arguments.done", index, &output) { json in
                json.member("name", call.name)
                json.member("arguments", call.arguments)
            }
        case .opaque: break
        }
        event("response.output_item.done", &output) { response, json in
            json.member("output_index", index)
            json.key("item")
            ResponsesItemWriter.write(item, id: response.id(item, index), to: &json)
        }
    }

    /// Puts into an item what has come of it.
    private mutating func fill(_ index: Int) {
        switch items[index] {
        case .message(_, let refusal, _):
            items[index] = .message(
                texts: refusal == nil ? [text] : [], refusal: refusal.map { _ in text }, logprobs: logprobs)
        case .reasoning(var reasoning):
            reasoning.text = text
            items[index] = .reasoning(reasoning)
        case .call(var call):
            call.arguments = arguments[index] ?? ""
            items[index] = .call(call)
            return
        case .opaque: return
        }
        text = ""
        logprobs = []
    }

    private mutating func closeMessage(
        _ text: String, _ refusal: String?, _ logprobs: [TokenLogprob], _ index: Int, _ output: inout [UInt8]
    ) {
        place(refusal == nil ? "response.output_text.done" : "response.refusal.done", index, &output) { json in
            json.member("content_index", 0)
            if let refusal {
                json.member("refusal", refusal)
            } else {
                json.member("text", text)
                json.key("logprobs")
                CompletionLogprobs.write(list: logprobs, to: &json)
            }
        }
        part("response.content_part.done", index, &output) { json in
            if let refusal {
                ResponsesItemWriter.writeRefusal(refusal, to: &json)
            } else {
                ResponsesItemWriter.writeText(text, logprobs: logprobs, to: &json)
            }
        }
    }

    private mutating func closeReasoning(_ reasoning: Reasoning, _ index: Int, _ output: inout [UInt8]) {
        guard !reasoning.text.isEmpty else { return }
        let kind = reasoning.isSummary ? "summary" : "content"
        place(
            reasoning.isSummary ? "response.reasoning_summary_text.done" : "response.reasoning_text.done", index,
            &output
        ) { json in
            json.member("\(kind)_index", 0)
            json.member("text", reasoning.text)
        }
        guard reasoning.isSummary else { return }
        place("response.reasoning_summary_part.done", index, &output) { json in
            json.member("summary_index", 0)
            json.key("part")
            ResponsesItemWriter.writePiece("summary_text", reasoning.text, to: &json)
        }
    }

    // MARK: Events

    /// An event about the one part of a message.
    private mutating func part(
        _ type: String, _ index: Int, _ output: inout [UInt8], _ fill: (inout JSONWriter) -> Void
    ) {
        place(type, index, &output) { json in
            json.member("content_index", 0)
            json.key("part")
            fill(&json)
        }
    }

    /// An event about an item.
    private mutating func place(
        _ type: String, _ index: Int, _ output: inout [UInt8], _ fill: (inout JSONWriter) -> Void
    ) {
        let item = items[index]
        event(type, &output) { response, json in
            json.member("item_id", response.id(item, index))
            json.member("output_index", index)
            fill(&json)
        }
    }

    private mutating func event(
        _ type: String, _ output: inout [UInt8], _ fill: (ResponsesReplyWriter, inout JSONWriter) -> Void
    ) {
        var json = JSONWriter(capacity: 320)
        let response = response
        let number = sequence
        json.object { json in
            json.member("type", type)
            json.member("sequence_number", number)
            fill(response, &json)
        }
        sequence += 1
        EventFrame.append(type, json.bytes, to: &output)
    }

    mutating func write(_ failure: ChatFailure, requestID: String, to output: inout [UInt8]) {
        output += ChatDialect.responsesEvent(of: failure, requestID: requestID, sequence: sequence)
    }
}
