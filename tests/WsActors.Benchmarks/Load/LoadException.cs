namespace WsActors.Benchmarks.Load;

/// <summary>The reason why a load cannot continue: one sentence for the person who started it.</summary>
internal sealed class LoadException(string message) : Exception(message);
