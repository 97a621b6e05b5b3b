using Akka.Configuration;
using Akka.Event;
using WsActors.Runtime;
using WsActors.Settings;
using WsActors.Transport.Polling;

namespace WsActors.Manager;

/// <summary>
/// The number of sockets that the descriptors of this process allow. The rest of the process needs descriptors, too: the runtime opens a
/// pipe for each new thread and aborts without one; an assembly that cannot be opened is never tried again; certificates, name resolution,
/// other nodes, clients' connections, and the sockets that Akka.IO accepts before the manager is told. Immutable.
/// </summary>
/// <param name="Sockets">Most accepted sockets at once: open, in a handshake, or being refused.</param>
/// <param name="Connections">
/// Most open WebSockets: an eighth of the sockets is left for handshakes and plain requests, such as health probes.
/// </param>
internal readonly record struct SocketLimit(int Sockets, int Connections)
{
    /// <summary>The least number of sockets, even if descriptors are short: with fewer nothing could be served.</summary>
    public const int Min = 16;

    /// <summary>The least number of descriptors for the runtime: it aborts the process when it cannot start a thread.</summary>
    private const int MinRuntimeDescriptors = 16;

    /// <summary>The limit on systems without a descriptor limit.</summary>
    public static SocketLimit None => new(int.MaxValue, int.MaxValue);

    /// <summary>
    /// The first descriptor number that no accepted socket may have. The count of sockets alone does not cover other files that the process
    /// opens.
    /// </summary>
    public nint DescriptorsEnd { get; init; } = nint.MaxValue;

    /// <param name="files">The limit, and the number of open descriptors before any socket.</param>
    /// <param name="reserved">The descriptors reserved for the rest of the process.</param>
    /// <param name="pollers">The descriptors of the event pollers, not open yet: see <see cref="EventPollerGroup.Descriptors"/>.</param>
    public static SocketLimit FromDescriptors(FileDescriptors files, int reserved, int pollers)
    {
        if (files.Limit is not { } limit)
        {
            return None;
        }

        var sockets = (int)Math.Max(Min, limit - files.Count - (long)pollers - reserved);
        var descriptorsEnd = Math.Max(limit - (reserved / 2), files.Count + pollers + sockets);
        return new SocketLimit(sockets, sockets - (sockets / 8)) { DescriptorsEnd = descriptorsEnd };
    }

    /// <summary>Lowers the settings to what this process can open, and logs it.</summary>
    /// <exception cref="ConfigurationException">The descriptors are too few to serve anyone.</exception>
    public static ManagerSettings LowerToLimit(ManagerSettings settings, ILoggingAdapter log) =>
        LowerToLimit(settings, FileDescriptors.Read(), log);

    /// <summary>Checks that this process may open enough files to serve anyone.</summary>
    /// <exception cref="ConfigurationException">The descriptors are too few to serve anyone.</exception>
    public static void Require(FileDescriptors files)
    {
        var needed = EventPollerGroup.Descriptors + Min + MinRuntimeDescriptors;
        if (files.Limit < files.Count + needed)
        {
            throw new ConfigurationException(
                $"This process may have {files.Limit} files open, has {files.Count}, and needs {needed} more to serve anyone: "
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
            "At most {Connections} WebSockets are taken, not ws-actors.connections.max = {Max}: this process may have {Limit} files open, "
            + "has {Count}, and keeps {Reserved} (ws-actors.connections.reserved-descriptors). "
            + "Raise the limit: ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container.",
            limit.Connections,
            settings.MaxConnections,
            files.Limit,
            files.Count,
            settings.ReservedDescriptors);
        return limit.FitTransport(settings with { MaxConnections = limit.Connections }, log);
    }

    /// <summary>
    /// Selects the transport. Akka.IO accepts all sockets of the kernel's queue, and only then can they be refused: without room for a
    /// whole backlog it would take descriptors of the rest of the process.
    /// </summary>
    private ManagerSettings FitTransport(ManagerSettings settings, ILoggingAdapter log)
    {
        if (settings.Transport != TransportNames.AkkaIo || Sockets - (long)PendingBind.Backlog >= settings.MaxConnections)
        {
            return settings with { MaxSockets = Sockets, DescriptorsEnd = DescriptorsEnd };
        }

        log.Warning(
            "Endpoints listen by the transport sockets, not akka-io: that accepts without a limit, and {Sockets} descriptors for sockets "
            + "are less than connections.max = {Max} and the {Backlog} that may come at once. "
            + "Raise the limit: ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container.",
            Sockets,
            settings.MaxConnections,
            PendingBind.Backlog);
        return settings with { MaxSockets = Sockets, DescriptorsEnd = DescriptorsEnd, Transport = TransportNames.Sockets };
    }
}
