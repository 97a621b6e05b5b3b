using Akka.Configuration;

namespace WsActors.Settings;

/// <summary>
/// A kind of value: its form in HOCON, its range, and the words for both. HOCON and options that are set in code pass the same check.
/// Immutable; any thread.
/// </summary>
internal abstract class ValueKind<T>
{
    /// <summary>The kind in the table of <c>docs/settings.md</c>: <c>duration</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The range in that table: <c>1ms to 24d</c>; empty where any value of the kind is taken.</summary>
    public abstract string Range { get; }

    /// <summary>The end of the sentence "it must be …".</summary>
    public abstract string Expected { get; }

    /// <exception cref="ConfigurationException">The value is missing or out of range; the sentence names key and value.</exception>
    public virtual T Read(ConfigReader config, string key)
    {
        try
        {
            if (TryParse(config, key, out var value) && IsInRange(value))
            {
                return value;
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or ConfigurationException)
        {
            // The sentence below says it with key and value.
        }

        throw config.NotUsable(key, Expected);
    }

    /// <exception cref="ConfigurationException">The value is out of range; the sentence names key and value.</exception>
    public void Check(T value, string key)
    {
        if (!IsInRange(value))
        {
            throw new ConfigurationException($"{ConfigReader.Root}.{key} = {value} is not usable: it must be {Expected}.");
        }
    }

    internal abstract bool IsInRange(T value);

    /// <summary>Reads the form of the kind; may throw what Akka's <see cref="Config"/> throws.</summary>
    protected internal abstract bool TryParse(ConfigReader config, string key, out T value);
}
