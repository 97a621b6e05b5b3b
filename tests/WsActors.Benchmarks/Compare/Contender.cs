using WsActors.Benchmarks.Load;

namespace WsActors.Benchmarks.Compare;

/// <summary>The variant of a server's start.</summary>
internal enum Variant
{
    Plain,

    /// <summary>At wss://.</summary>
    Tls,

    /// <summary>With permessage-deflate that keeps no context.</summary>
    Deflate,
}

/// <summary>A server that takes part.</summary>
/// <param name="Name">As the command line and the tables have it.</param>
/// <param name="Command">The program and its arguments, without where to listen.</param>
/// <param name="IsProgram">Whether it is the program.</param>
internal sealed record Contender(string Name, string[] Command, bool IsProgram)
{
    /// <summary>The reference that the others are compared with.</summary>
    public const string Kestrel = "kestrel";

    /// <summary>The reference of those that serve HTTP/2.</summary>
    private const string KestrelHttp2 = "kestrel-h2";

    // Akka.IO reads and writes no more than a frame at once, and wants buffers of the kernel that hold two.
    private static readonly string[] LargeFrames =
    [
        "--set", "akka.io.tcp.maximum-frame-size=64KiB",
        "--set", "akka.io.tcp.send-buffer-size=128KiB",
        "--set", "akka.io.tcp.receive-buffer-size=128KiB",
    ];

    // .NET's sockets call back on the threads that wait for them.
    private static readonly Dictionary<string, string?> CallsBack = new() { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1" };

    private static readonly string Own = typeof(Contender).Assembly.Location;

    /// <summary>Its additional environment variables.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The path of its echo.</summary>
    public string EchoPath { get; init; } = LoadOptions.EchoPath;

    /// <summary>The number of its processes; a cluster if more than one.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Whether its WebSockets are streams of HTTP/2 (RFC 8441).</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>The name of the reference that it is compared with.</summary>
    public string Reference => IsHttp2 ? KestrelHttp2 : Kestrel;

    /// <param name="program">The program, built: a dll.</param>
    public static IReadOnlyList<Contender> All(string program) =>
    [
        new("sockets", ["dotnet", program, "--transport", "sockets"], IsProgram: true),
        new("akka-io", ["dotnet", program, "--transport", "akka-io"], IsProgram: true),
        new("akka-io-64k", ["dotnet", program, "--transport", "akka-io", .. LargeFrames], IsProgram: true),
        new("sockets-inline", ["dotnet", program, "--transport", "sockets"], IsProgram: true) { EchoPath = "/echo/inline" },
        new("sockets-3", ["dotnet", program, "--transport", "sockets"], IsProgram: true) { Nodes = 3 },
        new("akka-io-3", ["dotnet", program, "--transport", "akka-io"], IsProgram: true) { Nodes = 3 },
        new("aspnetcore", ["dotnet", Own, "aspnetcore"], IsProgram: false),
        new("aspnetcore-inline", ["dotnet", Own, "aspnetcore"], IsProgram: false) { EchoPath = "/echo/inline" },
        new("aspnetcore-h2", ["dotnet", Own, "aspnetcore", "--http2"], IsProgram: false) { IsHttp2 = true },
        new(Kestrel, ["dotnet", Own, Kestrel], IsProgram: false),
        new(KestrelHttp2, ["dotnet", Own, Kestrel, "--http2"], IsProgram: false) { IsHttp2 = true },
        new("kestrel-inline", ["dotnet", Own, Kestrel, "--inline"], IsProgram: false) { Environment = CallsBack },
    ];

    /// <summary>The program as it was built with this one: in the same configuration, in the folder of its project.</summary>
    public static string DefaultProgram()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var tests = output;
        while (tests is not null && tests.Name != "tests")
        {
            tests = tests.Parent;
        }

        var root = tests?.Parent ?? throw new CompareException("The program is not found beside this one: name it with --program.");
        return Path.Combine(root.FullName, "src", "WsActors.Server", "bin", output.Parent!.Name, output.Name, "WsActors.Server.dll");
    }

    /// <summary>The whole command.</summary>
    /// <param name="variant">The variant of its start.</param>
    /// <param name="certificate">A PEM file, for TLS.</param>
    public string[] CommandFor(Variant variant, string certificate) => (IsProgram, variant) switch
    {
        (true, Variant.Tls) => [.. Command, "--listen", "wss://127.0.0.1:0", "--set", $"ws-actors.tls.certificate=\"{certificate}\""],
        (true, Variant.Deflate) => [.. Command, "--listen", "ws://127.0.0.1:0", "--set", "ws-actors.compression.mode=shared"],
        (true, _) => [.. Command, "--listen", "ws://127.0.0.1:0"],
        (false, Variant.Tls) => [.. Command, "--port", "0", "--tls", certificate],
        (false, _) => [.. Command, "--port", "0"],
    };

    /// <summary>The route, where it is not the one that all have.</summary>
    public string PathFor(Variant variant, string path) => path switch
    {
        _ when !IsProgram && variant is Variant.Deflate => "/deflate",
        LoadOptions.EchoPath => EchoPath,
        _ => path,
    };
}
