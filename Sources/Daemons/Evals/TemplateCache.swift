internal import Scoring
internal import Synchronization

/// Criteria that were taken apart lately: the same few are used again and again, and they are long.
final class TemplateCache: Sendable {
    /// How many templates are kept.
    private static let limit = 512
    /// The longest template that is kept, in bytes.
    private static let longest = 64 << 10

    private let templates = Mutex<[String: [CriteriaTemplate.Segment]]>([:])

    /// The pieces of `template`.
    func segments(of template: CriteriaTemplate) -> [CriteriaTemplate.Segment] {
        if let known = templates.withLock({ $0[template.text] }) { return known }
        let segments = template.segments
        guard template.text.utf8.count <= Self.longest else { return segments }
        templates.withLock { templates in
            if templates.count >= Self.limit { templates.removeAll() }
            templates[template.text] = segments
        }
        return segments
    }
}
