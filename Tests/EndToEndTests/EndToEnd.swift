import Testing

/// The whole product from outside: the built programs are started and spoken to as their users do.
///
/// One test at a time: they share private installations, and kill parts of them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EndToEnd {}
