using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace WsActors.Hosting;

/// <summary>
/// Makes handlers, each with the services of a scope of its own. The scope ends with the handler, whatever ends that: its stop, a restart,
/// its parent's end, or its own constructor. One a route; used by the threads that run the handlers.
/// </summary>
internal sealed class HandlerScopes(IServiceScopeFactory services, FailureLog failures)
{
    /// <summary>
    /// Of the handlers that live. Weak, so that one which Akka never releases, since it could not give it a stash, leaves nothing behind.
    /// </summary>
    private readonly ConditionalWeakTable<ActorBase, IAsyncDisposable> _scopes = [];

    public static HandlerScopes In(ActorSystem system) =>
        new((IServiceScopeFactory)DependencyResolver.For(system).Resolver.GetService<IServiceScopeFactory>(), system.WebSockets().Failures);

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
            _ = End(scope, typeof(THandler));
            throw;
        }
    }

    // Akka may release a handler twice.
    private void Release(ActorBase handler)
    {
        if (_scopes.TryGetValue(handler, out var scope) && _scopes.Remove(handler))
        {
            _ = End(scope, handler.GetType());
        }
    }

    /// <summary>Awaited by nobody: a service that takes long to be disposed of holds up no thread of ours.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "It is the user's code, and nobody else hears of it.")]
    private async Task End(IAsyncDisposable scope, Type handler)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failures.Write($"The disposal of the services of a {handler.Name}", how: null, e);
        }
    }

    private sealed class Producer<THandler>(HandlerScopes scopes, object[] arguments) : IIndirectActorProducer
        where THandler : ActorBase
    {
        public Type ActorType => typeof(THandler);

        public ActorBase Produce() => scopes.Make<THandler>(arguments);

        public void Release(ActorBase actor) => scopes.Release(actor);
    }
}
