using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.Loader;
using WsActors.Protocol.Handshake;

namespace WsActors.Runtime;

/// <summary>
/// Loads assemblies and native libraries of connections while files can be opened. .NET remembers an assembly or a type that could not be
/// loaded and never tries again: a process without a descriptor at its first connection would fail every later one. Any thread.
/// </summary>
internal static class FirstUse
{
    private static readonly Lock Gate = new();

    /// <summary>The names of the assemblies whose references are loaded: names, so that an assembly may be unloaded.</summary>
    private static readonly HashSet<string> Prepared = new(StringComparer.Ordinal);

    /// <summary>
    /// Loads the direct references of WsActors and of the assemblies that use it, and the native libraries of a handshake. Indirect
    /// references are left out: they were measured at 50 further assemblies (100 descriptors, 150 ms), of which a first connection needs
    /// none.
    /// </summary>
    public static void Prepare()
    {
        lock (Gate)
        {
            if (Prepared.Count == 0)
            {
                LoadNatively();
            }

            foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            {
                if (!assembly.IsDynamic && assembly.FullName is { } name && Prepared.Add(name))
                {
                    LoadReferencesOf(assembly);
                }
            }
        }
    }

    private static void LoadReferencesOf(Assembly assembly)
    {
        var references = assembly.GetReferencedAssemblies();
        if (!IsOurs(assembly.GetName()) && !Array.Exists(references, IsOurs))
        {
            return;
        }

        var context = AssemblyLoadContext.GetLoadContext(assembly) ?? AssemblyLoadContext.Default;
        foreach (var reference in references)
        {
            try
            {
                context.LoadFromAssemblyName(reference);
            }
            catch (Exception e) when (e is IOException or BadImageFormatException)
            {
                // Not deployed: code that needs it would fail all the same, and other code does not need it.
            }
        }
    }

    private static bool IsOurs(AssemblyName name) => name.Name is "WsActors" or "WsActors.Protocol";

    /// <summary>
    /// Loads what .NET opens at the first use of a type: OpenSSL, zlib, the thread that waits for sockets, the assembly of addresses.
    /// </summary>
    private static void LoadNatively()
    {
        AcceptKey.For("");
        _ = new Uri("wss://localhost/");
        using (new DeflateStream(Stream.Null, CompressionLevel.Fastest))
        {
        }

        try
        {
            WaitForSocket();
        }
        catch (SocketException)
        {
            // No IPv4, or no descriptor: the first real use reports the error with its own sentence.
        }
    }

    private static void WaitForSocket()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var wait = new SocketAsyncEventArgs();
        wait.SetBuffer(new byte[1]);
        socket.ReceiveAsync(wait);
    }
}
