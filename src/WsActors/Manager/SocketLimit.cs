using Akka.Event;
using WsActors.Transport;
using WsActors.Transport.Sockets;

namespace WsActors.Manager;

/// <summary>
/// How many sockets the descriptors of this process allow. The rest of the process needs some: the runtime opens a pipe for each thread that it starts and
/// aborts without one, an assembly that cannot be opened is never tried again; and there are certificates, names, other nodes, clients' connections, and the
/// sockets that Akka.IO accepts before the manager hears of them. Immutable.
/// </summary>
/// <param name="Sockets">Most accepted sockets at once, whatever they are: open, asking, or being refused.</param>
/// <param name="Connections">Most of them that may be open WebSockets: an eighth is left for those that ask, such as who asks for health.</param>
internal readonly record struct SocketLimit(int Sockets, int Connections)
{
    /// <summary>With fewer nothing could be served: then there are so many all the same.</summary>
    public const int Least = 16;

    /// <summary>Where descriptors do not matter.</summary>
    public static SocketLimit None => new(int.MaxValue, int.MaxValue);

    /// <summary>The first descriptor that no accepted socket may have: the count of sockets alone would not see what else the process opens.</summary>
    public nint DescriptorsEnd { get; init; } = nint.MaxValue;

    /// <param name="files">What the process has open now, without sockets.</param>
    /// <param name="reserved">What is left to the rest of it.</param>
    /// <param name="own">What waiting for sockets needs, and is not open yet: see <see cref="Pollers.Descriptors"/>.</param>
    public static SocketLimit Of(OpenFiles files, int reserved, int own)
    {
        if (files.Limit is not { } limit)
        {
            return None;
        }

        var sockets = (int)Math.Max(Least, limit - files.Count - (long)own - reserved);
        return new SocketLimit(sockets, sockets - (sockets / 8)) { DescriptorsEnd = Math.Max(limit - (reserved / 2), files.Count + own + sockets) };
    }

    /// <summary>Lowers what settings allow to what this process can have, and says so.</summary>
    public static ManagerSettings Fit(ManagerSettings settings, ILoggingAdapter log)
    {
        var files = OpenFiles.Read();
        var limit = Of(files, settings.ReservedDescriptors, Pollers.Descriptors);
        if (limit.Connections >= settings.MaxConnections)
        {
            return settings with { SocketLimit = limit };
        }

        log.Warning(
            "At most {Connections} WebSockets are taken, not ws-actors.connections.max = {Max}: this process may have {Limit} files open, has {Count}, and "
            + "keeps {Reserved} (ws-actors.connections.reserved-descriptors). Raise the limit: ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container.",
            limit.Connections,
            settings.MaxConnections,
            files.Limit,
            files.Count,
            settings.ReservedDescriptors);
        if (settings.Transport == ByteSources.AkkaIo)
        {
            log.Warning("Endpoints listen by the transport sockets until then, not akka-io: that accepts sockets without a limit, and stops where descriptors end.");
        }

        return settings with { MaxConnections = limit.Connections, SocketLimit = limit, Transport = ByteSources.OurSockets };
    }
}
