using Akka.Configuration;
using Akka.Event;
using WsActors.Runtime;
using WsActors.Settings;
using WsActors.Transport.Polling;

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
    public const int Min = 16;

    /// <summary>The descriptors that the runtime needs at least: it aborts the process when it cannot start a thread.</summary>
    private const int Vital = 16;

    /// <summary>The limit on systems without a descriptor limit.</summary>
    public static SocketLimit None => new(int.MaxValue, int.MaxValue);

    /// <summary>The first descriptor that no accepted socket may have: the count of sockets alone would not see what else the process opens.</summary>
    public nint DescriptorsEnd { get; init; } = nint.MaxValue;

    /// <param name="files">What the process has open now, without sockets.</param>
    /// <param name="reserved">What is left to the rest of it.</param>
    /// <param name="own">What waiting for sockets needs, and is not open yet: see <see cref="EventPollerGroup.Descriptors"/>.</param>
    public static SocketLimit FromDescriptors(FileDescriptors files, int reserved, int own)
    {
        if (files.Limit is not { } limit)
        {
            return None;
        }

        var sockets = (int)Math.Max(Min, limit - files.Count - (long)own - reserved);
        return new SocketLimit(sockets, sockets - (sockets / 8)) { DescriptorsEnd = Math.Max(limit - (reserved / 2), files.Count + own + sockets) };
    }

    /// <summary>Lowers what settings allow to what this process can have, and says so.</summary>
    /// <exception cref="ConfigurationException">It can have too little to serve anyone.</exception>
    public static ManagerSettings LowerToLimit(ManagerSettings settings, ILoggingAdapter log) => LowerToLimit(settings, FileDescriptors.Read(), log);

    /// <summary>Checks that this process may open as many files as it takes to serve anyone.</summary>
    /// <exception cref="ConfigurationException">It may not.</exception>
    public static void Require(FileDescriptors files)
    {
        if (files.Limit < files.Count + EventPollerGroup.Descriptors + Min + Vital)
        {
            throw new ConfigurationException(
                $"This process may have {files.Limit} files open, has {files.Count}, and needs {EventPollerGroup.Descriptors + Min + Vital} more to serve anyone: "
                + "raise the limit (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container).");
        }
    }

    /// <inheritdoc cref="LowerToLimit(ManagerSettings, ILoggingAdapter)"/>
    internal static ManagerSettings LowerToLimit(ManagerSettings settings, FileDescriptors files, ILoggingAdapter log)
    {
        Require(files);
        var limit = FromDescriptors(files, settings.ReservedDescriptors, EventPollerGroup.Descriptors);
        if (limit.Connections >= settings.MaxConnections)
        {
            return limit.FitTransport(settings, log);
        }

        log.Warning(
            "At most {Connections} WebSockets are taken, not ws-actors.connections.max = {Max}: this process may have {Limit} files open, has {Count}, and "
            + "keeps {Reserved} (ws-actors.connections.reserved-descriptors). Raise the limit: ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container.",
            limit.Connections,
            settings.MaxConnections,
            files.Limit,
            files.Count,
            settings.ReservedDescriptors);
        return limit.FitTransport(settings with { MaxConnections = limit.Connections }, log);
    }

    /// <summary>
    /// Akka.IO accepts whatever the kernel has accepted, and only then can it be turned away: without room for a whole backlog, it would take
    /// what the rest of the process lives on.
    /// </summary>
    private ManagerSettings FitTransport(ManagerSettings settings, ILoggingAdapter log)
    {
        if (settings.Transport != TransportNames.AkkaIo || Sockets - (long)PendingBind.Backlog >= settings.MaxConnections)
        {
            return settings with { MaxSockets = Sockets, DescriptorsEnd = DescriptorsEnd };
        }

        log.Warning(
            "Endpoints listen by the transport sockets, not akka-io: that accepts without a limit, and {Sockets} descriptors for sockets are less "
            + "than connections.max = {Max} and the {Backlog} that may come at once. Raise the limit: ulimit -n, LimitNOFILE of systemd, --ulimit "
            + "nofile of a container.",
            Sockets,
            settings.MaxConnections,
            PendingBind.Backlog);
        return settings with { MaxSockets = Sockets, DescriptorsEnd = DescriptorsEnd, Transport = TransportNames.Sockets };
    }
}
