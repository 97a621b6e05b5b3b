using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>What listens, and what was asked to. Part of the manager, in whose context it watches.</summary>
internal sealed class Endpoints(IActorContext manager, ManagerSettings settings, Endpoint.Shared shared, IActorRef source, ILoggingAdapter log)
{
    /// <summary>Between two attempts to bind again what stopped by itself: what is in the way, such as a want of descriptors, may last.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    /// <summary>How many free ports are tried at the other loopback address: one that another program has there is rare.</summary>
    private const int MaxPortsTried = 10;

    private readonly List<Listener> _listeners = [];

    /// <summary>Those that stopped by themselves, to be bound again.</summary>
    private readonly List<PendingBind> _lost = [];

    private TimeSpan _retryAt;

    private TimeSpan? _warnAgainAt;

    private readonly Binding _binding = new(manager, source);

    /// <summary>Those that listen.</summary>
    public IReadOnlyList<Listener> Listening => _listeners;

    /// <summary>Whether one that was asked for may listen already, and could not say so yet.</summary>
    public bool IsBinding => _binding.IsGoingOn;

    /// <inheritdoc cref="Binding.Note"/>
    public void Note(UnhandledMessage early) => _binding.Note(early);

    /// <inheritdoc cref="Binding.PutOff"/>
    public void PutOff(object message, IActorRef sender) => _binding.PutOff(message, sender);

    /// <summary>Where a socket was accepted; null when nothing listens there.</summary>
    /// <param name="local">Our end of it.</param>
    public Listener? Find(EndPoint local) => _listeners.Find(l => ListenAddress.Covers(l.Local, local));

    /// <summary>Those of the endpoint bound to exactly this address, at its other address, too.</summary>
    public List<Listener> BoundTo(EndPoint local)
    {
        var there = EndpointsAt(local);
        return _listeners.FindAll(l => there.Contains(l.Endpoint));
    }

    /// <summary>Begins to listen, or says why not.</summary>
    public void Bind(Ws.Bind bind, IActorRef asker)
    {
        try
        {
            FirstUse.Prepare();
            var address = ListenAddress.Parse(bind.Endpoint);
            ByteSources.Require(bind.Source is null ? settings.Transport : "", address, bind.Endpoint);
            var endpoint = new ListeningEndpoint(bind.Endpoint, address, bind.Routes, bind.Configure(settings.Endpoint), shared);
            _binding.Add(new PendingBind(bind, address, endpoint, asker));
        }
        // Configure is code of the user's; whatever it throws says what is wrong, and must not end the connections of others.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            asker.Tell(new Ws.BindFailed(bind.Endpoint, e.Message));
        }
    }

    /// <summary>The byte source listens.</summary>
    /// <param name="bound">Where.</param>
    /// <param name="listening">Its actor.</param>
    /// <param name="isTooLate">Whether the node drains by now.</param>
    public void Finish(Tcp.Bound bound, IActorRef listening, bool isTooLate)
    {
        if (!_binding.TryFinish(listening, out var pending))
        {
            return;
        }

        if (isTooLate || pending.IsUnwanted)
        {
            listening.Tell(Tcp.Unbind.Instance);
            pending.Asker.Tell(isTooLate ? PendingBind.TooLate(pending.Bind) : pending.Unbound());
            return;
        }

        if (!IsListening(pending.Endpoint))
        {
            shared.Sessions.Routes.Add(pending.Bind.Routes, pending.Endpoint);
        }

        var listener = new Listener(pending.Endpoint, bound.LocalAddress, listening, pending);
        _listeners.Add(listener);
        manager.Watch(listening);
        log.Info("Listening on {Endpoint}, bound to {LocalEndPoint}", pending.Bind.Endpoint, bound.LocalAddress);
        if (pending.AtOtherLoopback(listener) is { } other)
        {
            _binding.Add(other);
        }
        else
        {
            pending.Asker.Tell(pending.First is { } first
                ? new Ws.Bound(pending.Bind.Endpoint, first.Local) { LocalEndPoints = [first.Local, bound.LocalAddress] }
                : new Ws.Bound(pending.Bind.Endpoint, bound.LocalAddress));
        }
    }

    /// <summary>The byte source could not.</summary>
    public void Fail(Exception? cause)
    {
        if (!_binding.TryFinish(listening: null, out var pending))
        {
            return;
        }

        if (pending.First is { } first)
        {
            FailAtOtherLoopback(pending, first, cause);
            return;
        }

        if (IsAbsent(cause) && pending.AtOtherLoopback(first: null) is { } other)
        {
            _binding.Add(other);
            return;
        }

        var failed = pending.Failed(cause);
        pending.Asker.Tell(failed);
        if (pending is { IsAgain: true, IsUnwanted: false })
        {
            _lost.Add(pending);
            _retryAt = shared.Clock.Now + RetryInterval;
            if (_warnAgainAt is null || shared.Clock.Now >= _warnAgainAt)
            {
                _warnAgainAt = shared.Clock.Now + WarningInterval;
                log.Warning("{Endpoint} is not bound again yet, and tried every {Interval}: {Reason}", pending.Endpoint.Name, RetryInterval, failed.Reason);
            }
        }
    }

    /// <summary>
    /// Binds again what stopped by itself; a node that drains lets it be. An endpoint that has no answer yet waits for that: it may fail.
    /// </summary>
    public void Rebind(bool isDraining)
    {
        if (_lost.Count == 0 || shared.Clock.Now < _retryAt)
        {
            return;
        }

        var due = _lost.FindAll(lost => !_binding.Pending.Any(pending => pending.Endpoint == lost.Endpoint));
        _lost.RemoveAll(due.Contains);
        if (!isDraining)
        {
            due.ForEach(_binding.Add);
        }
    }

    /// <summary>What stopped there by itself, or is about to listen there, is not wanted any more.</summary>
    public void Abandon(EndPoint local)
    {
        var there = EndpointsAt(local);
        _lost.RemoveAll(pending => there.Contains(pending.Endpoint));
        foreach (var pending in _binding.Pending.Where(pending => there.Contains(pending.Endpoint)))
        {
            pending.IsUnwanted = true;
        }
    }

    /// <summary>An actor has stopped, or says that it listens no more.</summary>
    /// <param name="actor">Which.</param>
    /// <param name="isDraining">Whether none is needed any more.</param>
    public void Forget(IActorRef actor, bool isDraining)
    {
        if (_binding.IsAsked(actor))
        {
            Fail(new InvalidOperationException("the byte source has stopped"));
        }

        foreach (var listener in _listeners.FindAll(l => l.Source.Equals(actor)))
        {
            _listeners.Remove(listener);
            if (!IsListening(listener.Endpoint))
            {
                shared.Sessions.Routes.Remove(listener.Endpoint);
            }

            if (listener.IsLeaving || isDraining || actor.Equals(listener.Again().Bind.Source))
            {
                log.Info("{Endpoint}, bound to {LocalEndPoint}, no longer listens", listener.Endpoint.Name, listener.Local);
            }
            else
            {
                // Akka.IO's listener stops, and its connections with it, where the process has no descriptor left for another socket.
                log.Error("{Endpoint}, bound to {LocalEndPoint}, stopped listening by itself; it is bound again", listener.Endpoint.Name, listener.Local);
                _lost.Add(listener.Again());
            }
        }
    }

    /// <summary>Whether the machine does not have such an address.</summary>
    private static bool IsAbsent(Exception? cause) =>
        PendingBind.ErrorOf(cause) is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported;

    private bool IsListening(ListeningEndpoint endpoint) => _listeners.Exists(l => l.Endpoint == endpoint);

    /// <summary>
    /// Those that listen at exactly this address, listened there until they stopped by themselves, or are being bound to it.
    /// </summary>
    private HashSet<ListeningEndpoint> EndpointsAt(EndPoint local) =>
    [
        .. _listeners.Where(l => l.Local.Equals(local)).Select(static l => l.Endpoint),
        .. _lost.Concat(_binding.Pending).Where(pending => pending.Address.EndPoint.Equals(local)).Select(static pending => pending.Endpoint),
    ];

    /// <summary>
    /// The first loopback address is listened at, the other one cannot be. That is enough on a machine that does not have the other, and a
    /// fault where another program has the port there: a client that takes the name would reach that one.
    /// </summary>
    private void FailAtOtherLoopback(PendingBind pending, Listener first, Exception? cause)
    {
        if (IsAbsent(cause) && !pending.IsUnwanted)
        {
            log.Info("{Endpoint} is not bound to {LocalEndPoint}, which this machine does not have", pending.Bind.Endpoint, pending.Address.EndPoint);
            pending.Asker.Tell(new Ws.Bound(pending.Bind.Endpoint, first.Local));
            return;
        }

        first.IsLeaving = true;
        first.Source.Tell(Tcp.Unbind.Instance);
        _lost.RemoveAll(lost => lost.Endpoint == pending.Endpoint);
        var asked = ListenAddress.Parse(pending.Bind.Endpoint);
        if (pending.IsUnwanted)
        {
            pending.Asker.Tell(pending.Unbound());
        }
        else if (PendingBind.ErrorOf(cause) == SocketError.AddressAlreadyInUse && asked.EndPoint is IPEndPoint { Port: 0 } && pending.PortsTried < MaxPortsTried)
        {
            _binding.Add(pending with { Address = asked, First = null, PortsTried = pending.PortsTried + 1 });
        }
        else
        {
            pending.Asker.Tell(pending.Failed(cause));
        }
    }
}
