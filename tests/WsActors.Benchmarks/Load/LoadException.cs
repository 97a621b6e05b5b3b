namespace WsActors.Benchmarks.Load;

/// <summary>Why a load cannot go on: one sentence for whoever started it.</summary>
internal sealed class LoadException(string message) : Exception(message);
