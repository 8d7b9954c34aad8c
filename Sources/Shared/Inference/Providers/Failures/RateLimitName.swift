internal import HTTPMessages

/// The name of a field that tells of a limit, taken apart: `x-ratelimit-limit-requests`, as OpenAI orders it, or
/// `anthropic-ratelimit-requests-limit`; OpenRouter says just `x-ratelimit-limit`.
struct RateLimitName {
    /// What of a limit is told.
    enum Aspect { case limit, remaining, reset }

    /// What is limited.
    enum Meter { case requests, tokens, inputTokens, outputTokens }

    let aspect: Aspect
    let meter: Meter

    /// `nil` when the field is about something else. Taken apart as it came, without making strings of it.
    init?(_ name: Span<UInt8>) {
        // No name is shorter than `x-ratelimit-limit`, and most of the others differ here already.
        guard name.count >= 17 else { return nil }
        var place = 0
        switch name[0] | 0x20 {
        case UInt8(ascii: "x"): guard FieldSyntax.take("x-ratelimit", of: name, at: &place) else { return nil }
        case UInt8(ascii: "a"): guard FieldSyntax.take("anthropic-ratelimit", of: name, at: &place) else { return nil }
        case UInt8(ascii: "r"): guard FieldSyntax.take("ratelimit", of: name, at: &place) else { return nil }
        default: return nil
        }
        // Mistral counts tokens as size.
        let isBySize = FieldSyntax.take("bysize", of: name, at: &place)
        guard isBySize ? name[0] | 0x20 != UInt8(ascii: "a") : name[0] | 0x20 != UInt8(ascii: "r") else { return nil }
        let meter: Meter?
        if let aspect = Self.aspect(name, &place) {
            self.aspect = aspect
            meter = isBySize ? .tokens : Self.meter(name, &place)
        } else {
            meter = isBySize ? nil : Self.meter(name, &place)
            guard meter != nil, let aspect = Self.aspect(name, &place) else { return nil }
            self.aspect = aspect
        }
        self.meter = meter ?? .requests
        guard Self.isWindow(name.extracting(place...)) else { return nil }
    }

    private static func aspect(_ name: Span<UInt8>, _ place: inout Int) -> Aspect? {
        if FieldSyntax.take("-limit", of: name, at: &place) { return .limit }
        if FieldSyntax.take("-remaining", of: name, at: &place) { return .remaining }
        return FieldSyntax.take("-reset", of: name, at: &place) ? .reset : nil
    }

    private static func meter(_ name: Span<UInt8>, _ place: inout Int) -> Meter? {
        if FieldSyntax.take("-requests", of: name, at: &place) { return .requests }
        if FieldSyntax.take("-tokens", of: name, at: &place) { return .tokens }
        if FieldSyntax.take("-input-tokens", of: name, at: &place) { return .inputTokens }
        if FieldSyntax.take("-output-tokens", of: name, at: &place) { return .outputTokens }
        return FieldSyntax.take("-req", of: name, at: &place) ? .requests : nil
    }

    /// Some say the window as well: `limit-requests-minute`. Those of other windows are not looked at.
    private static func isWindow(_ rest: Span<UInt8>) -> Bool {
        rest.isEmpty || FieldSyntax.same(rest, "-minute") || FieldSyntax.same(rest, "-query")
            || FieldSyntax.same(rest, "-cost")
    }
}
