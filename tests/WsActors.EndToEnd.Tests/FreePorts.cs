using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WsActors.EndToEnd.Tests;

/// <summary>Unused ports that other programs rarely take before they are used here.</summary>
internal static class FreePorts
{
    public static string One() => Some(1)[0];

    // Outside of the ephemeral ports: a client that dials a closed ephemeral port may connect to itself.
    public static List<string> Some(int count)
    {
        var sockets = new List<TcpListener>();
        while (sockets.Count < count)
        {
            var socket = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 32_000));
            try
            {
                socket.Start();
                sockets.Add(socket);
            }
            catch (SocketException)
            {
                socket.Dispose(); // someone has it
            }
        }

        var ports = sockets.ConvertAll(static socket => ((IPEndPoint)socket.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
        sockets.ForEach(static socket => socket.Dispose());
        return ports;
    }
}
