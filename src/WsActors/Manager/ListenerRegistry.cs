using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Connection;
using WsActors.Runtime;
using WsActors.Settings;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>The listeners and the pending binds. Part of the manager, whose context watches them.</summary>
internal sealed class ListenerRegistry(
    IActorContext manager,
    ManagerSettings settings,
    EndpointContext.SystemContext systemContext,
    IActorRef source,
    BoundEndpoints bound,
    ILoggingAdapter log)
{
    /// <summary>
    /// The interval of attempts to bind again a listener that stopped by itself: the cause, such as a lack of descriptors, may last.
    /// </summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Most free ports to try at the other loopback address: a port that another program uses there is rare.</summary>
    private const int MaxPortsTried = 10;

    private readonly List<Listener> _listeners = [];
    private readonly List<ServerEndpointContext> _hosted = [];

    /// <summary>The listeners that stopped by themselves and are to be bound again.</summary>
    private readonly List<PendingBind> _stopped = [];

    private TimeSpan _retryAt;

    private readonly LogThrottle _throttle = new(systemContext.Clock);

    private readonly PendingBinds _pendingBinds = new(manager, source);

    /// <summary>The listeners.</summary>
    public IReadOnlyList<Listener> Listening => _listeners;

    /// <summary>Whether a bind is pending: it may listen already, and its answer has not arrived.</summary>
    public bool IsBinding => _pendingBinds.HasPending;

    /// <inheritdoc cref="PendingBinds.DeferUnhandled"/>
    public void DeferUnhandled(UnhandledMessage unhandled) => _pendingBinds.DeferUnhandled(unhandled);

    /// <inheritdoc cref="PendingBinds.Defer"/>
    public void Defer(object message, IActorRef sender) => _pendingBinds.Defer(message, sender);

    /// <summary>The listener that accepted a socket; null without one.</summary>
    /// <param name="local">The local address of the socket.</param>
    public Listener? Find(EndPoint local) => _listeners.Find(l => ListenAddress.Covers(l.Local, local));

    /// <summary>
    /// The listeners of the endpoint that is bound to exactly this address, including the one at its other loopback address.
    /// </summary>
    public List<Listener> BoundTo(EndPoint local)
    {
        var endpoints = EndpointsAt(local);
        return _listeners.FindAll(l => endpoints.Contains(l.Endpoint));
    }

    /// <summary>Starts a bind, or answers its failure.</summary>
    public void Bind(Ws.Bind bind, IActorRef asker)
    {
        try
        {
            FirstUse.Prepare();
            var address = ListenAddress.Parse(bind.Endpoint);
            ByteSources.Require(bind.Source is null ? settings.Transport : "", address, bind.Endpoint);
            var endpoint = new ServerEndpointContext(bind.Endpoint, address, bind.Routes, bind.Configure(settings.Endpoint), systemContext);
            _pendingBinds.Add(new PendingBind(bind, address, endpoint, asker));
        }
        // Configure is user code: its exception is the answer, and must not end the connections of other endpoints.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            asker.Tell(new Ws.BindFailed { Endpoint = bind.Endpoint, Reason = e.Message });
        }
    }

    /// <summary>The endpoints whose HTTP servers are others'.</summary>
    public IReadOnlyList<ServerEndpointContext> Hosted => _hosted;

    /// <summary>Adds an endpoint whose HTTP server is another's, or answers its failure.</summary>
    public void Host(HostCommand host, IActorRef asker)
    {
        try
        {
            FirstUse.Prepare();
            var options = host.Configure(settings.Endpoint);
            var endpoint = ServerEndpointContext.Hosted(host.Name, host.Routes, options, systemContext, host.Advice);
            systemContext.Sessions.AddRoutes(host.Routes, endpoint);
            _hosted.Add(endpoint);
            log.Info("Connections of {Endpoint} are accepted by its host", host.Name);
            asker.Tell(endpoint);
        }
        // Configure is user code, as in Bind.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            asker.Tell(new Ws.BindFailed { Endpoint = host.Name, Reason = e.Message });
        }
    }

    /// <summary>The byte source has bound an address.</summary>
    /// <param name="answer">The bound address.</param>
    /// <param name="listening">The actor that listens.</param>
    /// <param name="isTooLate">Whether a drain has started since.</param>
    public void OnBound(Tcp.Bound answer, IActorRef listening, bool isTooLate)
    {
        if (!_pendingBinds.TryComplete(listening, out var pending))
        {
            return;
        }

        if (isTooLate || pending.IsCanceled)
        {
            listening.Tell(Tcp.Unbind.Instance);
            pending.Asker.Tell(isTooLate ? PendingBind.RefusedByDrain(pending.Bind) : pending.Unbound());
            return;
        }

        if (!IsListening(pending.Endpoint))
        {
            systemContext.Sessions.AddRoutes(pending.Bind.Routes, pending.Endpoint);
        }

        var listener = new Listener(pending.Endpoint, answer.LocalAddress, listening, pending);
        pending.Endpoint.SetPort(listener.Local);
        _listeners.Add(listener);
        bound.Set(_listeners);
        manager.Watch(listening);
        log.Info("Listening on {Endpoint}, bound to {LocalEndPoint}", pending.Bind.Endpoint, answer.LocalAddress);
        if (pending.AtOtherLoopback(listener) is { } other)
        {
            _pendingBinds.Add(other);
        }
        else
        {
            pending.Asker.Tell(pending.First is { } first
                ? new Ws.Bound
                {
                    Endpoint = pending.Bind.Endpoint,
                    LocalEndPoint = first.Local,
                    LocalEndPoints = [first.Local, answer.LocalAddress],
                }
                : new Ws.Bound { Endpoint = pending.Bind.Endpoint, LocalEndPoint = answer.LocalAddress });
        }
    }

    /// <summary>The byte source could not bind the address.</summary>
    public void OnBindFailed(Exception? cause)
    {
        if (!_pendingBinds.TryComplete(listening: null, out var pending))
        {
            return;
        }

        if (pending.First is { } first)
        {
            OnOtherLoopbackFailed(pending, first, cause);
            return;
        }

        if (IsAbsent(cause) && pending.AtOtherLoopback(first: null) is { } other)
        {
            _pendingBinds.Add(other);
            return;
        }

        var failed = pending.Failed(cause);
        pending.Asker.Tell(failed);
        if (pending is { IsRebind: true, IsCanceled: false })
        {
            _stopped.Add(pending);
            _retryAt = systemContext.Clock.Now + RetryInterval;
            if (_throttle.TryPass(out _))
            {
                log.Warning(
                    "{Endpoint} is not bound again yet, and tried every {Interval}: {Reason}",
                    pending.Endpoint.Name,
                    RetryInterval,
                    failed.Reason);
            }
        }
    }

    /// <summary>
    /// Binds again the listeners that stopped by themselves, unless the node drains. A listener waits while a bind of its endpoint is
    /// pending, since that may fail.
    /// </summary>
    public void Rebind(bool isDraining)
    {
        if (_stopped.Count == 0 || systemContext.Clock.Now < _retryAt)
        {
            return;
        }

        var due = _stopped.FindAll(stopped => !_pendingBinds.Pending.Any(pending => pending.Endpoint == stopped.Endpoint));
        _stopped.RemoveAll(due.Contains);
        if (!isDraining)
        {
            due.ForEach(_pendingBinds.Add);
        }
    }

    /// <summary>Cancels binds and rebinds of an address that was unbound.</summary>
    public void CancelBinds(EndPoint local)
    {
        var endpoints = EndpointsAt(local);
        _stopped.RemoveAll(pending => endpoints.Contains(pending.Endpoint));
        foreach (var pending in _pendingBinds.Pending.Where(pending => endpoints.Contains(pending.Endpoint)))
        {
            pending.IsCanceled = true;
        }
    }

    /// <summary>A listener's actor has stopped, or has reported that it no longer listens.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="isDraining">Whether the node drains: then no listener is bound again.</param>
    public void OnListenerStopped(IActorRef actor, bool isDraining)
    {
        if (_pendingBinds.IsAwaited(actor))
        {
            OnBindFailed(new InvalidOperationException("the byte source has stopped"));
        }

        foreach (var listener in _listeners.FindAll(l => l.Source.Equals(actor)))
        {
            _listeners.Remove(listener);
            bound.Set(_listeners);
            if (!IsListening(listener.Endpoint))
            {
                systemContext.Sessions.RemoveRoutes(listener.Endpoint);
            }

            if (listener.IsUnbinding || isDraining || actor.Equals(listener.ToPendingBind().Bind.Source))
            {
                log.Info("{Endpoint}, bound to {LocalEndPoint}, no longer listens", listener.Endpoint.Name, listener.Local);
            }
            else
            {
                // Akka.IO's listener stops, and its connections with it, when the process has no descriptor left for another socket.
                log.Error(
                    "{Endpoint}, bound to {LocalEndPoint}, stopped listening by itself; it is bound again",
                    listener.Endpoint.Name,
                    listener.Local);
                _stopped.Add(listener.ToPendingBind());
            }
        }
    }

    /// <summary>Whether the bind failed because the machine does not have the address.</summary>
    private static bool IsAbsent(Exception? cause) => PendingBind.ErrorOf(cause)
        is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported;

    private bool IsListening(ServerEndpointContext endpoint) => _listeners.Exists(l => l.Endpoint == endpoint);

    /// <summary>The endpoints that listen at exactly this address, that are to be bound to it again, or whose bind is pending.</summary>
    private HashSet<ServerEndpointContext> EndpointsAt(EndPoint local) =>
    [
        .. _listeners.Where(l => l.Local.Equals(local)).Select(static l => l.Endpoint),
        .. _stopped.Concat(_pendingBinds.Pending)
            .Where(pending => pending.Address.EndPoint.Equals(local))
            .Select(static pending => pending.Endpoint),
    ];

    /// <summary>
    /// The endpoint listens at the first loopback address, and cannot at the other. That is accepted on a machine without the other
    /// address. It is a failure if another program has the port there: a client that resolves the name would reach that program.
    /// </summary>
    private void OnOtherLoopbackFailed(PendingBind pending, Listener first, Exception? cause)
    {
        if (IsAbsent(cause) && !pending.IsCanceled)
        {
            log.Info(
                "{Endpoint} is not bound to {LocalEndPoint}, which this machine does not have",
                pending.Bind.Endpoint,
                pending.Address.EndPoint);
            pending.Asker.Tell(new Ws.Bound { Endpoint = pending.Bind.Endpoint, LocalEndPoint = first.Local });
            return;
        }

        first.IsUnbinding = true;
        first.Source.Tell(Tcp.Unbind.Instance);
        _stopped.RemoveAll(stopped => stopped.Endpoint == pending.Endpoint);
        var address = ListenAddress.Parse(pending.Bind.Endpoint);
        if (pending.IsCanceled)
        {
            pending.Asker.Tell(pending.Unbound());
        }
        else if (PendingBind.ErrorOf(cause) == SocketError.AddressAlreadyInUse
            && address.EndPoint is IPEndPoint { Port: 0 }
            && pending.PortsTried < MaxPortsTried)
        {
            _pendingBinds.Add(pending with { Address = address, First = null, PortsTried = pending.PortsTried + 1 });
        }
        else
        {
            pending.Asker.Tell(pending.Failed(cause));
        }
    }
}
