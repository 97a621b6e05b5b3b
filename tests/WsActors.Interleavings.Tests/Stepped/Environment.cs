using WsActors.Interleavings.Kernel;

namespace WsActors;

/// <summary>The linked sources' <c>Environment</c>.</summary>
internal static class Environment
{
    public static int ProcessorCount => Machine.Current.Processors;
}
