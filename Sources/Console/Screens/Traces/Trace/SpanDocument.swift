import FoundationEssentials
import Terminal
import WireAPI

/// All that is known of a span, as text.
enum SpanDocument {
    static func document(_ span: OperatorSpan, width: Int, charset: Charset, isUnfolded: Bool) -> Document {
        var document = Document(width: width, charset: charset, isUnfolded: isUnfolded)
        document.title(span.name, note: facts(of: span))
        if span.hasError {
            document.body(
                "\(Marks(charset).failure) \(span.statusMessage.isEmpty ? "ended with an error" : span.statusMessage)",
                .bad)
        }
        if let evaluation = span.evaluation {
            document.line([
                Document.Span("Score \(Formats.score(evaluation.score)) ", ScoreBar.ink(evaluation.score)),
                Document.Span("by \(evaluation.evaluator)", .quiet),
            ])
            document.body(evaluation.explanation)
        }
        for event in span.events {
            let moment = Formats.latency(milliseconds: Double(event.atMicroseconds) / 1000)
            document.title("Event \(event.name)", note: "at \(moment)")
            add(event.attributes, to: &document)
        }
        if !span.attributes.isEmpty, span.evaluation == nil {
            document.title("Attributes", note: Formats.count(span.attributes.count))
            add(span.attributes, to: &document)
        }
        if !span.resource.isEmpty {
            document.title("Resource", note: Formats.count(span.resource.count))
            add(span.resource, to: &document)
        }
        return document
    }

    private static func facts(of span: OperatorSpan) -> String {
        let took = Formats.latency(milliseconds: Double(span.durationMicroseconds) / 1000)
        let begin = Formats.latency(milliseconds: Double(span.startMicroseconds) / 1000)
        return [span.kind, span.scope, "took \(took)", "began at \(begin)", span.id].filter { !$0.isEmpty }.joined(
            separator: ", ")
    }

    /// Short values stand beside their names, long ones below.
    private static func add(_ attributes: [OperatorSpan.Attribute], to document: inout Document) {
        for attribute in attributes.sorted(by: { $0.key < $1.key }) {
            let isShort =
                attribute.key.columns + attribute.value.columns + 2 <= document.width
                && !attribute.value.contains(where: \.isNewline)
            if isShort {
                document.line([
                    Document.Span(attribute.key, .quiet), Document.Span("  "), Document.Span(attribute.value),
                ])
            } else {
                document.line(attribute.key, .quiet)
                document.body(attribute.value, indent: 2)
            }
        }
    }
}

extension OperatorTraceOutcome {
    /// What became of the trace, in a few words.
    var word: String {
        switch state {
        case "settling": "waits until it is quiet"
        case "queued": "is being evaluated"
        case "scored": "evaluated"
        case "sampled_out": "not in the sample"
        case "filtered_out": "not what it asks for"
        case "failed": "not evaluated"
        case "superseded": "left alone"
        default: state
        }
    }

    var ink: Ink {
        switch state {
        case "scored": .good
        case "failed": .bad
        case "settling", "queued": .accent
        default: .quiet
        }
    }
}
