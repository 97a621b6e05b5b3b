using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace WsActors.Hosting;

/// <summary>
/// Makes handlers, each with the services of a scope of its own. The scope ends with the handler, whatever ends that: its stop, a restart,
/// its parent's end, or its own constructor. One a system; used by the threads that run the handlers.
/// </summary>
internal sealed class HandlerScopes(IServiceScopeFactory services, ScopeDisposals disposals) : IExtension
{
    /// <summary>
    /// Of the handlers that live. Weak, so that one which Akka never releases, since it could not give it a stash, leaves nothing behind.
    /// </summary>
    private readonly ConditionalWeakTable<ActorBase, IAsyncDisposable> _scopes = [];

    public static HandlerScopes Of(ActorSystem system) => Provider.Instance.Apply(system);

    /// <param name="arguments">What its constructor takes beside services.</param>
    public Props PropsFor<THandler>(params object[] arguments)
        where THandler : ActorBase => Props.CreateBy(new Producer<THandler>(this, arguments));

    private THandler Make<THandler>(object[] arguments)
        where THandler : ActorBase
    {
        var scope = services.CreateAsyncScope();
        try
        {
            var handler = ActivatorUtilities.CreateInstance<THandler>(scope.ServiceProvider, arguments);
            _scopes.Add(handler, scope);
            return handler;
        }
        catch (Exception)
        {
            disposals.Start(scope, typeof(THandler));
            throw;
        }
    }

    // Akka may release a handler twice.
    private void Release(ActorBase handler)
    {
        if (_scopes.TryGetValue(handler, out var scope) && _scopes.Remove(handler))
        {
            disposals.Start(scope, handler.GetType());
        }
    }

    private sealed class Producer<THandler>(HandlerScopes scopes, object[] arguments) : IIndirectActorProducer
        where THandler : ActorBase
    {
        public Type ActorType => typeof(THandler);

        public ActorBase Produce() => scopes.Make<THandler>(arguments);

        public void Release(ActorBase actor) => scopes.Release(actor);
    }
    private sealed class Provider : ExtensionIdProvider<HandlerScopes>
    {
        public static Provider Instance { get; } = new();

        public override HandlerScopes CreateExtension(ExtendedActorSystem system)
        {
            var services = (IServiceScopeFactory)DependencyResolver.For(system).Resolver.GetService<IServiceScopeFactory>();
            var disposals = new ScopeDisposals(system.WebSockets().ReportFailure);
            disposals.AwaitOnShutdown(system);
            return new HandlerScopes(services, disposals);
        }
    }
}
