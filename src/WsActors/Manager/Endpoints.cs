using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>What listens, and what was asked to. Part of the manager, in whose context it watches.</summary>
internal sealed class Endpoints(IActorContext manager, ManagerSettings settings, Endpoint.Shared shared, IActorRef source, ILoggingAdapter log)
{
    private readonly List<Listener> _listeners = [];

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

    /// <summary>Those bound to exactly this address.</summary>
    public List<Listener> BoundTo(EndPoint local) => _listeners.FindAll(l => l.Local.Equals(local));

    /// <summary>Begins to listen, or says why not.</summary>
    public void Bind(Ws.Bind bind, IActorRef asker)
    {
        try
        {
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

        if (isTooLate)
        {
            listening.Tell(Tcp.Unbind.Instance);
            pending.Asker.Tell(PendingBind.TooLate(pending.Bind));
            return;
        }

        _listeners.Add(new Listener(pending.Endpoint, bound.LocalAddress, listening));
        shared.Sessions.Routes.Add(pending.Bind.Routes, pending.Endpoint);
        manager.Watch(listening);
        log.Info("Listening on {Endpoint}, bound to {LocalEndPoint}", pending.Bind.Endpoint, bound.LocalAddress);
        pending.Asker.Tell(new Ws.Bound(pending.Bind.Endpoint, bound.LocalAddress));
    }

    /// <summary>The byte source could not.</summary>
    public void Fail(Exception? cause)
    {
        if (_binding.TryFinish(listening: null, out var pending))
        {
            pending.Asker.Tell(pending.Failed(cause));
        }
    }

    /// <summary>An actor has stopped, or says that it listens no more.</summary>
    public void Forget(IActorRef actor)
    {
        if (_binding.IsAsked(actor))
        {
            Fail(new InvalidOperationException("the byte source has stopped"));
        }

        foreach (var listener in _listeners.FindAll(l => l.Source.Equals(actor)))
        {
            _listeners.Remove(listener);
            shared.Sessions.Routes.Remove(listener.Endpoint);
            log.Info("{Endpoint}, bound to {LocalEndPoint}, no longer listens", listener.Endpoint.Name, listener.Local);
        }
    }
}
