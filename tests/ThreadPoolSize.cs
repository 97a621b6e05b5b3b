using System.Runtime.CompilerServices;

namespace WsActors.Tests;

/// <summary>
/// The threads with which the pool of every test process begins: tests block threads of the pool that the actors run on. Not the project
/// property <c>ThreadPoolMinThreads</c>, which nothing can raise later.
/// </summary>
internal static class ThreadPoolSize
{
    private const int Threads = 32;

    [ModuleInitializer]
    internal static void Set()
    {
        ThreadPool.GetMinThreads(out var threads, out var completionPortThreads);
        ThreadPool.SetMinThreads(Math.Max(threads, Threads), completionPortThreads);
    }
}
