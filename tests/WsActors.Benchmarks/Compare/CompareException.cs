namespace WsActors.Benchmarks.Compare;

/// <summary>Why something cannot be compared: one sentence, which stands in the table's place.</summary>
internal sealed class CompareException(string message) : Exception(message);
