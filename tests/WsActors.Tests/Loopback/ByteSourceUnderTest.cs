namespace WsActors.Tests.Loopback;

/// <summary>
/// Which byte source everything runs over that needs real sockets: the default, unless the test project names another. Each has to keep
/// the same promises, and so has the <c>sockets</c> source however it waits: <c>WSACTORS_TEST_SOCKETS=connections</c> in the environment has handlers
/// run on the thread pool, and <c>without-pollers</c> waits as elsewhere than on Linux.
/// </summary>
internal static class ByteSourceUnderTest
{
    private static readonly string? Way = Environment.GetEnvironmentVariable("WSACTORS_TEST_SOCKETS");

    static ByteSourceUnderTest() => AppContext.SetSwitch("WsActors.Transport.Sockets.WithoutPollers", !HasPollers);

    public static string Name { get; } = AppContext.GetData("WsActors.Tests.Transport") as string ?? "akka-io";

    /// <summary>Whether sockets are waited for by pollers of ours.</summary>
    public static bool HasPollers { get; } = OperatingSystem.IsLinux() && Way != "without-pollers";

    /// <summary>Who runs on the threads that wait for sockets.</summary>
    public static string Inline { get; } = Way == "connections" ? "connections" : "handlers";

    /// <summary>Both, as configuration.</summary>
    public static string Config { get; } = $"ws-actors {{ transport = {Name}, sockets.inline = {Inline} }}";

    /// <summary>Both, for the program.</summary>
    public static string[] Arguments { get; } = ["--transport", Name, .. Inline == "handlers" ? (string[])[] : ["--set", $"ws-actors.sockets.inline={Inline}"]];
}
