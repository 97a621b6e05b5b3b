namespace WsActors.EndToEnd.Tests;

/// <summary>
/// The environment of a program whose memory is judged: the runtime as on a machine with two processors and a small cache. .NET sizes its
/// first generation by the L3 cache (300 MiB of cache: 300 MiB of garbage before the first collection), and its pools and threads by the
/// processors.
/// </summary>
internal static class PinnedRuntime
{
    /// <summary>With <see cref="StartupHook"/>, so that the program can report its live memory.</summary>
    public static Dictionary<string, string?> Environment { get; } = new(LiveMemory.Environment)
    {
        ["DOTNET_PROCESSOR_COUNT"] = "2",
        ["DOTNET_GCgen0size"] = "0x1000000", // 16 MiB
        ["DOTNET_gcServer"] = "0",
    };
}
