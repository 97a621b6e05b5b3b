namespace WsActors.TestKit;

/// <summary>A probe saw something else than the test expects. Every test framework reports it as a failure.</summary>
public sealed class ExpectationException(string message) : Exception(message);
