namespace WsActors.Tests.Loopback;

/// <summary>
/// Which byte source everything runs over that needs real sockets: the default, unless the test project names another. Each has to keep
/// the same promises, and so has the <c>sockets</c> source however it waits: <c>WSACTORS_TEST_SOCKETS=without-pollers</c> in the
/// environment waits as elsewhere than on Linux.
/// </summary>
internal static class ByteSourceUnderTest
{
    static ByteSourceUnderTest() => AppContext.SetSwitch("WsActors.Transport.Sockets.WithoutPollers", !HasPollers);

    public static string Name { get; } = AppContext.GetData("WsActors.Tests.Transport") as string ?? "akka-io";

    /// <summary>Whether sockets are polled by the pollers of this library.</summary>
    public static bool HasPollers { get; } = OperatingSystem.IsLinux()
        && Environment.GetEnvironmentVariable("WSACTORS_TEST_SOCKETS") != "without-pollers";

    /// <summary>As configuration.</summary>
    public static string Config { get; } = $"ws-actors.transport = {Name}";

    /// <summary>For the program.</summary>
    public static string[] Arguments { get; } = ["--transport", Name];
}
