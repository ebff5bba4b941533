<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_GB">
<context>
    <name>Lectern</name>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> Token</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 (branch)</source>
        <translation>%1 (Zweig)</translation>
    </message>
    <message>
        <source>%1 B</source>
        <translation>%1 B</translation>
    </message>
    <message>
        <source>%1 GiB</source>
        <translation>%1 GiB</translation>
    </message>
    <message>
        <source>%1 KiB</source>
        <translation>%1 KiB</translation>
    </message>
    <message>
        <source>%1 MiB</source>
        <translation>%1 MiB</translation>
    </message>
    <message>
        <source>%1 TiB</source>
        <translation>%1 TiB</translation>
    </message>
    <message>
        <source>%1 allocated, as much as full attention needs</source>
        <translation>%1 belegt, so viel wie volle Aufmerksamkeit braucht</translation>
    </message>
    <message>
        <source>%1 allocated. Full attention would need %2: %3 saved</source>
        <translation>%1 belegt. Volle Aufmerksamkeit bräuchte %2: %3 gespart</translation>
    </message>
    <message>
        <source>%1 are free: it fits.</source>
        <translation>%1 sind frei: Es passt.</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>%1 layers with %2 heads each. Arrow keys choose a head.</source>
        <translation>%1 Schichten mit je %2 Köpfen. Pfeiltasten wählen einen Kopf.</translation>
    </message>
    <message>
        <source>%1 less KV memory than the %2 of full attention at %3.</source>
        <translation>%1 weniger KV-Speicher als die %2 voller Aufmerksamkeit bei %3.</translation>
    </message>
    <message>
        <source>%1 less than the %2 that full attention would need.</source>
        <translation>%1 weniger als die %2, die volle Aufmerksamkeit bräuchte.</translation>
    </message>
    <message>
        <source>%1 looked most at tokens %2 to %3 (%4)</source>
        <translation>%1 sah am meisten auf die Token %2 bis %3 (%4)</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 nats on average</source>
        <translation>%1 Nat im Mittel</translation>
    </message>
    <message>
        <source>%1 needed, only %2 free: it does not fit</source>
        <translation>%1 nötig, nur %2 frei: Es passt nicht</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 of %2 cells</source>
        <translation>%1 von %2 Zellen</translation>
    </message>
    <message>
        <source>%1 of %2 cells have run, %3 of %4 needles found.</source>
        <translation>%1 von %2 Zellen sind gelaufen, %3 von %4 Nadeln gefunden.</translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>%1 von %2 freiem Speicher</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 von %2 Token</translation>
    </message>
    <message>
        <source>%1 of KV memory</source>
        <translation>%1 KV-Speicher</translation>
    </message>
    <message>
        <source>%1 of KV memory · %2 less than full attention</source>
        <translation>%1 KV-Speicher · %2 weniger als volle Aufmerksamkeit</translation>
    </message>
    <message>
        <source>%1 of KV memory, now %2 · %3 less than full attention</source>
        <translation>%1 KV-Speicher, jetzt %2 · %3 weniger als volle Aufmerksamkeit</translation>
    </message>
    <message>
        <source>%1 query, %2 key and value, %3 wide</source>
        <translation>%1 für Anfragen, %2 für Schlüssel und Werte, %3 breit</translation>
    </message>
    <message>
        <source>%1 read</source>
        <translation>%1 gelesen</translation>
    </message>
    <message>
        <source>%1 read, room for %2.</source>
        <translation>%1 gelesen, Platz für %2.</translation>
    </message>
    <message>
        <source>%1 reused</source>
        <translation>%1 wiederverwendet</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>%1 tokens back: %2</source>
        <translation>%1 Token zurück: %2</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Token/s</translation>
    </message>
    <message>
        <source>%1 – Lectern</source>
        <translation>%1 – Lectern</translation>
    </message>
    <message>
        <source>%1, %2, depth %3</source>
        <translation>%1, %2, Tiefe %3</translation>
    </message>
    <message>
        <source>%1, token %2</source>
        <translation>%1, Token %2</translation>
    </message>
    <message>
        <source>%1: %2 of %3 found; asked for “%4”, answered “%5”; KV %6</source>
        <translation>%1: %2 von %3 gefunden; gefragt nach „%4“, geantwortet „%5“; KV %6</translation>
    </message>
    <message>
        <source>%1: not run yet</source>
        <translation>%1: noch nicht gelaufen</translation>
    </message>
    <message>
        <source>%1B</source>
        <translation>%1 Mrd.</translation>
    </message>
    <message>
        <source>%1K</source>
        <translation>%1K</translation>
    </message>
    <message>
        <source>%1M</source>
        <translation>%1 Mio.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln document(s)</source>
        <translation>
            <numerusform>%Ln Dokument</numerusform>
            <numerusform>%Ln Dokumente</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln page(s)</source>
        <translation>
            <numerusform>%Ln Seite</numerusform>
            <numerusform>%Ln Seiten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln Token</numerusform>
            <numerusform>%Ln Token</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;About Lectern</source>
        <translation>Ü&amp;ber Lectern</translation>
    </message>
    <message>
        <source>&amp;Add documents…</source>
        <translation>&amp;Dokumente hinzufügen …</translation>
    </message>
    <message>
        <source>&amp;Answers</source>
        <translation>&amp;Antworten</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleichen</translation>
    </message>
    <message>
        <source>&amp;Compare with the plan in force</source>
        <translation>Mit dem geltenden Plan ver&amp;gleichen</translation>
    </message>
    <message>
        <source>&amp;Context:</source>
        <translation>K&amp;ontext:</translation>
    </message>
    <message>
        <source>&amp;Copy the conversation</source>
        <translation>Gespräch &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Copy the picture</source>
        <translation>Bild &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Depths:</source>
        <translation>&amp;Tiefen:</translation>
    </message>
    <message>
        <source>&amp;Device:</source>
        <translation>&amp;Gerät:</translation>
    </message>
    <message>
        <source>&amp;Distance</source>
        <translation>&amp;Entfernung</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Edit the last question</source>
        <translation>Letzte Frage än&amp;dern</translation>
    </message>
    <message>
        <source>&amp;Enter sends the question (otherwise Ctrl+Enter)</source>
        <translation>&amp;Eingabe sendet die Frage (sonst Strg+Eingabe)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>&amp;Suchen</translation>
    </message>
    <message>
        <source>&amp;Find needles</source>
        <translation>Nadeln &amp;suchen</translation>
    </message>
    <message>
        <source>&amp;Forget all</source>
        <translation>Alle &amp;vergessen</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Hide</source>
        <translation>&amp;Ausblenden</translation>
    </message>
    <message>
        <source>&amp;KV memory:</source>
        <translation>&amp;KV-Speicher:</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;Language:</source>
        <translation>S&amp;prache:</translation>
    </message>
    <message>
        <source>&amp;Leave out the start</source>
        <translation>&amp;Anfang weglassen</translation>
    </message>
    <message>
        <source>&amp;Lengths:</source>
        <translation>&amp;Längen:</translation>
    </message>
    <message>
        <source>&amp;Longest answer:</source>
        <translation>&amp;Längste Antwort:</translation>
    </message>
    <message>
        <source>&amp;Look</source>
        <translation>Aus&amp;sehen</translation>
    </message>
    <message>
        <source>&amp;Mark what is on show</source>
        <translation>&amp;Merken, was gezeigt wird</translation>
    </message>
    <message>
        <source>&amp;Measure attention while a view shows it</source>
        <translation>Aufmerksamkeit &amp;messen, solange eine Ansicht sie zeigt</translation>
    </message>
    <message>
        <source>&amp;Min-p:</source>
        <translation>&amp;Min-p:</translation>
    </message>
    <message>
        <source>&amp;Move the session to the trash</source>
        <translation>Sitzung in den &amp;Papierkorb</translation>
    </message>
    <message>
        <source>&amp;Move to trash</source>
        <translation>In den &amp;Papierkorb</translation>
    </message>
    <message>
        <source>&amp;Needle:</source>
        <translation>&amp;Nadel:</translation>
    </message>
    <message>
        <source>&amp;New session</source>
        <translation>&amp;Neue Sitzung</translation>
    </message>
    <message>
        <source>&amp;Next source</source>
        <translation>Nächste &amp;Quelle</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>&amp;Öffnen</translation>
    </message>
    <message>
        <source>&amp;Open another model…</source>
        <translation>&amp;Anderes Modell öffnen …</translation>
    </message>
    <message>
        <source>&amp;Plan:</source>
        <translation>&amp;Plan:</translation>
    </message>
    <message>
        <source>&amp;Plans:</source>
        <translation>&amp;Pläne:</translation>
    </message>
    <message>
        <source>&amp;Previous source</source>
        <translation>V&amp;orige Quelle</translation>
    </message>
    <message>
        <source>&amp;Question:</source>
        <translation>&amp;Frage:</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Reading</source>
        <translation>&amp;Lesen</translation>
    </message>
    <message>
        <source>&amp;Remove from this session</source>
        <translation>Aus dieser Sitzung &amp;entfernen</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>&amp;Rename the session</source>
        <translation>Sitzung &amp;umbenennen</translation>
    </message>
    <message>
        <source>&amp;Repetition penalty:</source>
        <translation>&amp;Wiederholungsstrafe:</translation>
    </message>
    <message>
        <source>&amp;Reset the layout</source>
        <translation>Anordnung &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Save the conversation…</source>
        <translation>&amp;Gespräch speichern …</translation>
    </message>
    <message>
        <source>&amp;Seed:</source>
        <translation>Sta&amp;rtwert:</translation>
    </message>
    <message>
        <source>&amp;Session</source>
        <translation>&amp;Sitzung</translation>
    </message>
    <message>
        <source>&amp;Size of everything:</source>
        <translation>&amp;Größe von allem:</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>&amp;Temperature:</source>
        <translation>&amp;Temperatur:</translation>
    </message>
    <message>
        <source>&amp;Theme:</source>
        <translation>&amp;Farben:</translation>
    </message>
    <message>
        <source>&amp;Threads:</source>
        <translation>&amp;Threads:</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>&amp;Noch einmal versuchen</translation>
    </message>
    <message>
        <source>&amp;Try the sample</source>
        <translation>Das Bei&amp;spiel ausprobieren</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Use</source>
        <translation>&amp;Nutzen</translation>
    </message>
    <message>
        <source>&amp;Use this plan</source>
        <translation>Diesen Plan &amp;nutzen</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Write a question</source>
        <translation>Frage &amp;schreiben</translation>
    </message>
    <message>
        <source>+, -, 0</source>
        <translation>+, -, 0</translation>
    </message>
    <message>
        <source>, %1 reused</source>
        <translation>, %1 wiederverwendet</translation>
    </message>
    <message>
        <source>, a control token</source>
        <translation>, ein Steuer-Token</translation>
    </message>
    <message>
        <source>, computed</source>
        <translation>, berechnet</translation>
    </message>
    <message>
        <source>, from %1, byte %2</source>
        <translation>, aus %1, Byte %2</translation>
    </message>
    <message>
        <source>, reused</source>
        <translation>, wiederverwendet</translation>
    </message>
    <message>
        <source>0: always the likeliest word</source>
        <translation>0: immer das wahrscheinlichste Wort</translation>
    </message>
    <message>
        <source>16 bits (f16)</source>
        <translation>16 Bit (f16)</translation>
    </message>
    <message>
        <source>4 bits (q4_0): a quarter, less exact</source>
        <translation>4 Bit (q4_0): ein Viertel, weniger genau</translation>
    </message>
    <message>
        <source>8 bits (q8_0): half the memory</source>
        <translation>8 Bit (q8_0): halber Speicher</translation>
    </message>
    <message>
        <source>: start %1, near %2, far %3</source>
        <translation>: Anfang %1, nah %2, fern %3</translation>
    </message>
    <message>
        <source>: “%1” looks at “%2”</source>
        <translation>: „%1“ sieht auf „%2“</translation>
    </message>
    <message>
        <source>&lt; %1 %</source>
        <translation>&lt; %1 %</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>A passkey in repeated sentences</source>
        <translation>Ein Schlüssel in wiederholten Sätzen</translation>
    </message>
    <message>
        <source>A question about the documents of this session</source>
        <translation>Eine Frage zu den Dokumenten dieser Sitzung</translation>
    </message>
    <message>
        <source>A: %1</source>
        <translation>A: %1</translation>
    </message>
    <message>
        <source>About Lectern</source>
        <translation>Über Lectern</translation>
    </message>
    <message>
        <source>About the answer and about the head</source>
        <translation>Zur Antwort und zum Kopf</translation>
    </message>
    <message>
        <source>Above 0 the answers vary; the seed repeats one.</source>
        <translation>Über 0 wechseln die Antworten; der Startwert wiederholt eine.</translation>
    </message>
    <message>
        <source>Add a &amp;folder…</source>
        <translation>&amp;Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Add a document, then ask about it</source>
        <translation>Fügen Sie ein Dokument hinzu und fragen Sie danach</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>Ordner hinzufügen</translation>
    </message>
    <message>
        <source>Add documents</source>
        <translation>Dokumente hinzufügen</translation>
    </message>
    <message>
        <source>Add documents…</source>
        <translation>Dokumente hinzufügen …</translation>
    </message>
    <message>
        <source>Added: %1</source>
        <translation>Hinzugefügt: %1</translation>
    </message>
    <message>
        <source>Adding documents</source>
        <translation>Dokumente werden hinzugefügt</translation>
    </message>
    <message>
        <source>After %1: %2 in use, %3 allocated, full attention %4</source>
        <translation>Nach %1: %2 benutzt, %3 belegt, volle Aufmerksamkeit %4</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>All f&amp;ull</source>
        <translation>Alle &amp;voll</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>All heads</source>
        <translation>Alle Köpfe</translation>
    </message>
    <message>
        <source>All s&amp;treaming</source>
        <translation>Alle &amp;strömend</translation>
    </message>
    <message>
        <source>Allocated</source>
        <translation>Belegt</translation>
    </message>
    <message>
        <source>Allocated now, by layer</source>
        <translation>Jetzt belegt, nach Schicht</translation>
    </message>
    <message>
        <source>Ans&amp;wer tokens</source>
        <translation>Ant&amp;wort-Token</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Answer copied</source>
        <translation>Antwort kopiert</translation>
    </message>
    <message>
        <source>Answer token %1</source>
        <translation>Antwort-Token %1</translation>
    </message>
    <message>
        <source>Answer tokens: choose, whole answer</source>
        <translation>Antwort-Token: wählen, ganze Antwort</translation>
    </message>
    <message>
        <source>Answer under plan A</source>
        <translation>Antwort unter Plan A</translation>
    </message>
    <message>
        <source>Answer under plan B</source>
        <translation>Antwort unter Plan B</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>Antwortet</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Architektur</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>As long as the documents need</source>
        <translation>So lang, wie die Dokumente brauchen</translation>
    </message>
    <message>
        <source>As many as there are cores</source>
        <translation>So viele wie Kerne</translation>
    </message>
    <message>
        <source>As much as full attention needs.</source>
        <translation>So viel, wie volle Aufmerksamkeit braucht.</translation>
    </message>
    <message>
        <source>As the model says</source>
        <translation>Wie das Modell es sagt</translation>
    </message>
    <message>
        <source>As the plan says, else 16 bits</source>
        <translation>Wie der Plan sagt, sonst 16 Bit</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Ask a question</source>
        <translation>Stellen Sie eine Frage</translation>
    </message>
    <message>
        <source>Ask a question. This shows exactly what the model is given, token by token.</source>
        <translation>Stellen Sie eine Frage. Hier steht genau, was das Modell bekommt, Token für Token.</translation>
    </message>
    <message>
        <source>Ask a question. While the text is read, this shows where every head of every layer looks.</source>
        <translation>Stellen Sie eine Frage. Während der Text gelesen wird, zeigt diese Ansicht, wohin jeder Kopf jeder Schicht sieht.</translation>
    </message>
    <message>
        <source>Ask about your documents</source>
        <translation>Fragen Sie zu Ihren Dokumenten</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Attention &amp;plan:</source>
        <translation>Aufmerksamkeits&amp;plan:</translation>
    </message>
    <message>
        <source>Attention by distance</source>
        <translation>Aufmerksamkeit nach Entfernung</translation>
    </message>
    <message>
        <source>Attention of one head</source>
        <translation>Aufmerksamkeit eines Kopfes</translation>
    </message>
    <message>
        <source>Attention plan</source>
        <translation>Aufmerksamkeitsplan</translation>
    </message>
    <message>
        <source>Attention plan, e.g. longgen or full.</source>
        <translation>Aufmerksamkeitsplan, z. B. longgen oder full.</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>B: %1</source>
        <translation>B: %1</translation>
    </message>
    <message>
        <source>Back through the reading and the answer</source>
        <translation>Zurück durch das Lesen und die Antwort</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>Bookmarks forgotten</source>
        <translation>Lesezeichen vergessen</translation>
    </message>
    <message>
        <source>By layer</source>
        <translation>Nach Schicht</translation>
    </message>
    <message>
        <source>C&amp;harts</source>
        <translation>&amp;Diagramme</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Capture of “%1” opened; asking begins a new session</source>
        <translation>Aufzeichnung von „%1“ geöffnet; eine Frage beginnt eine neue Sitzung</translation>
    </message>
    <message>
        <source>Capture saved</source>
        <translation>Aufzeichnung gespeichert</translation>
    </message>
    <message>
        <source>Captures (*.lectern-capture)</source>
        <translation>Aufzeichnungen (*.lectern-capture)</translation>
    </message>
    <message>
        <source>Cell under the cursor</source>
        <translation>Zelle unter dem Zeiger</translation>
    </message>
    <message>
        <source>Change whole layers (Shift and click, or L).</source>
        <translation>Ändern Sie ganze Schichten (Umschalt und Klick, oder L).</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>Gesprächsvorlage</translation>
    </message>
    <message>
        <source>Choose a file that ends in .lectern-capture, or save it again.</source>
        <translation>Wählen Sie eine Datei, die auf .lectern-capture endet, oder speichern Sie sie neu.</translation>
    </message>
    <message>
        <source>Choose a head above to see what it looks at.</source>
        <translation>Wählen Sie oben einen Kopf, um zu sehen, worauf er sieht.</translation>
    </message>
    <message>
        <source>Choose a picture first: click it, or move to it with Tab</source>
        <translation>Wählen Sie zuerst ein Bild: mit einem Klick oder der Tabulatortaste</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>Wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>Wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>Choose one from the list.</source>
        <translation>Wählen Sie eine aus der Liste.</translation>
    </message>
    <message>
        <source>Close the find bar</source>
        <translation>Suchleiste schließen</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Code copied</source>
        <translation>Code kopiert</translation>
    </message>
    <message>
        <source>Colour range</source>
        <translation>Farbbereich</translation>
    </message>
    <message>
        <source>Colour the text by how much the answer used it</source>
        <translation>Den Text danach färben, wie sehr die Antwort ihn genutzt hat</translation>
    </message>
    <message>
        <source>Comes with the map of a head</source>
        <translation>Kommt mit der Karte eines Kopfes</translation>
    </message>
    <message>
        <source>Comes with the next answer</source>
        <translation>Kommt mit der nächsten Antwort</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Command &amp;palette…</source>
        <translation>Befehls&amp;palette …</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compare plans</source>
        <translation>Pläne vergleichen</translation>
    </message>
    <message>
        <source>Context, in tokens</source>
        <translation>Kontext, in Token</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Conversation copied</source>
        <translation>Gespräch kopiert</translation>
    </message>
    <message>
        <source>Conversation saved</source>
        <translation>Gespräch gespeichert</translation>
    </message>
    <message>
        <source>Copy as CS&amp;V</source>
        <translation>Als CS&amp;V kopieren</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>Als CSV kopieren</translation>
    </message>
    <message>
        <source>Copy the &amp;report</source>
        <translation>&amp;Bericht kopieren</translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation>Die Antwort kopieren</translation>
    </message>
    <message>
        <source>Copy the code</source>
        <translation>Den Code kopieren</translation>
    </message>
    <message>
        <source>Copy the comparison as CSV</source>
        <translation>Den Vergleich als CSV kopieren</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>Copy the table as CSV</source>
        <translation>Die Tabelle als CSV kopieren</translation>
    </message>
    <message>
        <source>Copy what it says as &amp;text</source>
        <translation>Aussage als &amp;Text kopieren</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>Kerne</translation>
    </message>
    <message>
        <source>Cut short: the answer reached its longest allowed length.</source>
        <translation>Abgeschnitten: Die Antwort erreichte ihre größte erlaubte Länge.</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>De&amp;tails</source>
        <translation>E&amp;inzelheiten</translation>
    </message>
    <message>
        <source>Details of the open model</source>
        <translation>Einzelheiten des offenen Modells</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Different passages</source>
        <translation>Verschiedene Stellen</translation>
    </message>
    <message>
        <source>Document overview</source>
        <translation>Dokumentübersicht</translation>
    </message>
    <message>
        <source>Document text</source>
        <translation>Dokumenttext</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>Documents of this session</source>
        <translation>Dokumente dieser Sitzung</translation>
    </message>
    <message>
        <source>Double-click or Enter opens a model; a file can be dropped on the window.</source>
        <translation>Doppelklick oder Eingabe öffnet ein Modell; eine Datei kann auf das Fenster gezogen werden.</translation>
    </message>
    <message>
        <source>Drawing (*.svg)</source>
        <translation>Zeichnung (*.svg)</translation>
    </message>
    <message>
        <source>Drop a file or a folder anywhere on this window. It is read whole, on this computer, and every answer shows the passages it comes from.</source>
        <translation>Ziehen Sie eine Datei oder einen Ordner auf dieses Fenster. Alles wird ganz gelesen, auf diesem Rechner, und jede Antwort zeigt die Stellen, aus denen sie kommt.</translation>
    </message>
    <message>
        <source>Drop a file or a folder here to read it.</source>
        <translation>Ziehen Sie eine Datei oder einen Ordner hierher, um sie zu lesen.</translation>
    </message>
    <message>
        <source>Drop here</source>
        <translation>Hier ablegen</translation>
    </message>
    <message>
        <source>Drop to add to this session</source>
        <translation>Ablegen, um es dieser Sitzung hinzuzufügen</translation>
    </message>
    <message>
        <source>Drop to open this model</source>
        <translation>Ablegen, um dieses Modell zu öffnen</translation>
    </message>
    <message>
        <source>Edit the question; it and what follows are replaced</source>
        <translation>Die Frage ändern; sie und alles danach werden ersetzt</translation>
    </message>
    <message>
        <source>Enter or Ctrl+Enter</source>
        <translation>Eingabe oder Strg+Eingabe</translation>
    </message>
    <message>
        <source>Enter sends the question</source>
        <translation>Eingabe sendet die Frage</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Exact prompt</source>
        <translation>Genauer Prompt</translation>
    </message>
    <message>
        <source>Facts about this program and machine</source>
        <translation>Angaben zu Programm und Rechner</translation>
    </message>
    <message>
        <source>Facts and log, without names of files and people</source>
        <translation>Angaben und Protokoll, ohne Namen von Dateien und Personen</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>Fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>Far-looking first</source>
        <translation>Weitblickende zuerst</translation>
    </message>
    <message>
        <source>Far-looking only</source>
        <translation>Nur weitblickende</translation>
    </message>
    <message>
        <source>Far-looking: a window would lose a tenth of the head&apos;s attention or more</source>
        <translation>Weitblickend: Ein Fenster verlöre ein Zehntel der Aufmerksamkeit des Kopfes oder mehr</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Files and folders to read, or a .gguf model.</source>
        <translation>Dateien und Ordner zum Lesen, oder ein Modell (.gguf).</translation>
    </message>
    <message>
        <source>Find a session</source>
        <translation>Sitzung suchen</translation>
    </message>
    <message>
        <source>Find in the &amp;document</source>
        <translation>Im &amp;Dokument suchen</translation>
    </message>
    <message>
        <source>Find in this conversation</source>
        <translation>In diesem Gespräch suchen</translation>
    </message>
    <message>
        <source>Find in this document</source>
        <translation>In diesem Dokument suchen</translation>
    </message>
    <message>
        <source>Find needles</source>
        <translation>Nadeln suchen</translation>
    </message>
    <message>
        <source>First token after</source>
        <translation>Erstes Token nach</translation>
    </message>
    <message>
        <source>Follow each new step; otherwise the picture stands still</source>
        <translation>Jedem neuen Schritt folgen; sonst steht das Bild still</translation>
    </message>
    <message>
        <source>Follow the reading live</source>
        <translation>Dem Lesen live folgen</translation>
    </message>
    <message>
        <source>From the next start on.</source>
        <translation>Ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>Voll</translation>
    </message>
    <message>
        <source>Full attention</source>
        <translation>Volle Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Full attention would need</source>
        <translation>Volle Aufmerksamkeit bräuchte</translation>
    </message>
    <message>
        <source>Gigabytes on disk for what was read, so that it need not be read again; 0 for none.</source>
        <translation>Gigabyte auf der Platte für Gelesenes, damit es nicht noch einmal gelesen werden muss; 0 für keine.</translation>
    </message>
    <message>
        <source>Go back to a head and a place; Ctrl+B marks the one on show</source>
        <translation>Zurück zu einem Kopf und einer Stelle; Strg+B merkt sich, was gezeigt wird</translation>
    </message>
    <message>
        <source>Go on from here in a new session</source>
        <translation>Von hier in einer neuen Sitzung weitermachen</translation>
    </message>
    <message>
        <source>Go on in a new &amp;branch</source>
        <translation>In neuem &amp;Zweig weitermachen</translation>
    </message>
    <message>
        <source>Go to token</source>
        <translation>Zu Token</translation>
    </message>
    <message>
        <source>Groups of settings</source>
        <translation>Gruppen von Einstellungen</translation>
    </message>
    <message>
        <source>Head %1</source>
        <translation>Kopf %1</translation>
    </message>
    <message>
        <source>Head explorer</source>
        <translation>Kopf-Erkunder</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>Heads and heat map: move</source>
        <translation>Köpfe und Karte: bewegen</translation>
    </message>
    <message>
        <source>Heads to show</source>
        <translation>Gezeigte Köpfe</translation>
    </message>
    <message>
        <source>Heat map: zoom in, zoom out, show all</source>
        <translation>Karte: näher, weiter, alles zeigen</translation>
    </message>
    <message>
        <source>Hidden or direction-changing characters are shown as ‹U+…›: %1</source>
        <translation>Verborgene oder richtungsändernde Zeichen erscheinen als ‹U+…›: %1</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>How attention becomes colour in the large map</source>
        <translation>Wie aus Aufmerksamkeit Farbe wird</translation>
    </message>
    <message>
        <source>How far back it looks</source>
        <translation>Wie weit er zurücksieht</translation>
    </message>
    <message>
        <source>How far back it looks · beyond a window: %1</source>
        <translation>Wie weit er zurücksieht · jenseits eines Fensters: %1</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>Benutzt</translation>
    </message>
    <message>
        <source>Interrupted: Lectern was closed while this answer was being written.</source>
        <translation>Unterbrochen: Lectern wurde geschlossen, während diese Antwort geschrieben wurde.</translation>
    </message>
    <message>
        <source>It may have been moved or deleted. Choose the file again.</source>
        <translation>Vielleicht wurde es verschoben oder gelöscht. Wählen Sie die Datei noch einmal.</translation>
    </message>
    <message>
        <source>KV %1</source>
        <translation>KV %1</translation>
    </message>
    <message>
        <source>KV head %1</source>
        <translation>KV-Kopf %1</translation>
    </message>
    <message>
        <source>KV memory</source>
        <translation>KV-Speicher</translation>
    </message>
    <message>
        <source>KV memory allocated: %1</source>
        <translation>Belegter KV-Speicher: %1</translation>
    </message>
    <message>
        <source>KV memory as charts or as a table</source>
        <translation>KV-Speicher als Diagramme oder als Tabelle</translation>
    </message>
    <message>
        <source>KV memory by layer</source>
        <translation>KV-Speicher nach Schicht</translation>
    </message>
    <message>
        <source>KV memory by layer, as a table</source>
        <translation>KV-Speicher nach Schicht, als Tabelle</translation>
    </message>
    <message>
        <source>KV memory charts</source>
        <translation>KV-Speicher-Diagramme</translation>
    </message>
    <message>
        <source>KV memory of the plan</source>
        <translation>KV-Speicher des Plans</translation>
    </message>
    <message>
        <source>KV memory while reading</source>
        <translation>KV-Speicher beim Lesen</translation>
    </message>
    <message>
        <source>Keep it as it was</source>
        <translation>So lassen, wie es war</translation>
    </message>
    <message>
        <source>Keep the damaged file aside and begin anew</source>
        <translation>Die beschädigte Datei beiseitelegen und neu beginnen</translation>
    </message>
    <message>
        <source>Keep the question as it was</source>
        <translation>Die Frage so lassen, wie sie war</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>Rechenkerne</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Kind of needle</source>
        <translation>Art der Nadel</translation>
    </message>
    <message>
        <source>Language and size change at the next start</source>
        <translation>Sprache und Größe ändern sich beim nächsten Start</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Layer %1 (%2): %3 allocated, %4 in use, %5 kept</source>
        <translation>Schicht %1 (%2): %3 belegt, %4 benutzt, %5 behalten</translation>
    </message>
    <message>
        <source>Layer %1, KV head %2 keeps %3. Space changes it, L the whole layer.</source>
        <translation>Schicht %1, KV-Kopf %2 behält %3. Leertaste ändert ihn, L die ganze Schicht.</translation>
    </message>
    <message>
        <source>Layer %1, KV head %2: %3</source>
        <translation>Schicht %1, KV-Kopf %2: %3</translation>
    </message>
    <message>
        <source>Layer %1, head %2</source>
        <translation>Schicht %1, Kopf %2</translation>
    </message>
    <message>
        <source>Layer %1, head %2 · keeps %3</source>
        <translation>Schicht %1, Kopf %2 · behält %3</translation>
    </message>
    <message>
        <source>Layer %1, head %2.</source>
        <translation>Schicht %1, Kopf %2.</translation>
    </message>
    <message>
        <source>Layer %1: tokens %2</source>
        <translation>Schicht %1: Token %2</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Leave out the first block of the text</source>
        <translation>Den ersten Block des Textes weglassen</translation>
    </message>
    <message>
        <source>Lectern</source>
        <translation>Lectern</translation>
    </message>
    <message>
        <source>Lectern %1</source>
        <translation>Lectern %1</translation>
    </message>
    <message>
        <source>Lectern can not open its sessions.</source>
        <translation>Lectern kann seine Sitzungen nicht öffnen.</translation>
    </message>
    <message>
        <source>Length of the text (tokens); depth of the needle downwards</source>
        <translation>Länge des Textes (Token); Tiefe der Nadel nach unten</translation>
    </message>
    <message>
        <source>Lengths of the text, in tokens</source>
        <translation>Längen des Textes, in Token</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Line numbers</source>
        <translation>Zeilennummern</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Lines of the log to show</source>
        <translation>Gezeigte Protokollzeilen</translation>
    </message>
    <message>
        <source>List of shortcuts</source>
        <translation>Liste der Tastenkürzel</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>Logarithmisch</translation>
    </message>
    <message>
        <source>LongGen (full in the middle)</source>
        <translation>LongGen (in der Mitte voll)</translation>
    </message>
    <message>
        <source>LongGen, strided blocks</source>
        <translation>LongGen, Blöcke in Schritten</translation>
    </message>
    <message>
        <source>Looked at (token position)</source>
        <translation>Angesehen (Token-Position)</translation>
    </message>
    <message>
        <source>Looking token</source>
        <translation>Blickendes Token</translation>
    </message>
    <message>
        <source>Mar&amp;k what is on show</source>
        <translation>&amp;Merken, was gezeigt wird</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>Marked: %1</source>
        <translation>Gemerkt: %1</translation>
    </message>
    <message>
        <source>Matching commands</source>
        <translation>Passende Befehle</translation>
    </message>
    <message>
        <source>Measure attention while a view shows it</source>
        <translation>Aufmerksamkeit messen, solange eine Ansicht sie zeigt</translation>
    </message>
    <message>
        <source>Memory free</source>
        <translation>Freier Speicher</translation>
    </message>
    <message>
        <source>Memory that a session takes</source>
        <translation>Speicher, den eine Sitzung braucht</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model &amp;details…</source>
        <translation>Modell-&amp;Einzelheiten …</translation>
    </message>
    <message>
        <source>Model details</source>
        <translation>Modell-Einzelheiten</translation>
    </message>
    <message>
        <source>Model file, or mini or recall for a bundled one.</source>
        <translation>Modelldatei, oder mini oder recall für ein mitgeliefertes.</translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation>Modell: %1</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>Modelle (*.gguf)</translation>
    </message>
    <message>
        <source>Models and memory</source>
        <translation>Modelle und Speicher</translation>
    </message>
    <message>
        <source>Models at hand</source>
        <translation>Vorhandene Modelle</translation>
    </message>
    <message>
        <source>NVIDIA GPU</source>
        <translation>NVIDIA-GPU</translation>
    </message>
    <message>
        <source>NVIDIA driver</source>
        <translation>NVIDIA-Treiber</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Near-looking only</source>
        <translation>Nur nahblickende</translation>
    </message>
    <message>
        <source>Needle lab</source>
        <translation>Nadel-Labor</translation>
    </message>
    <message>
        <source>Needles found</source>
        <translation>Gefundene Nadeln</translation>
    </message>
    <message>
        <source>Neither has a source</source>
        <translation>Keine hat eine Quelle</translation>
    </message>
    <message>
        <source>New line in the question</source>
        <translation>Neue Zeile in der Frage</translation>
    </message>
    <message>
        <source>New session</source>
        <translation>Neue Sitzung</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>Nächster Treffer</translation>
    </message>
    <message>
        <source>Next sen&amp;tence of the answer</source>
        <translation>Nächster Sa&amp;tz der Antwort</translation>
    </message>
    <message>
        <source>Next view, previous view</source>
        <translation>Nächste Ansicht, vorige Ansicht</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>No KV memory in use</source>
        <translation>Kein KV-Speicher benutzt</translation>
    </message>
    <message>
        <source>No KV memory is in use.</source>
        <translation>Kein KV-Speicher ist benutzt.</translation>
    </message>
    <message>
        <source>No answer tokens yet.</source>
        <translation>Noch keine Antwort-Token.</translation>
    </message>
    <message>
        <source>No confident source</source>
        <translation>Keine sichere Quelle</translation>
    </message>
    <message>
        <source>No documents</source>
        <translation>Keine Dokumente</translation>
    </message>
    <message>
        <source>No head is chosen, or its map has not come yet.</source>
        <translation>Kein Kopf ist gewählt, oder seine Karte fehlt noch.</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>Kein Modell</translation>
    </message>
    <message>
        <source>No model could be opened</source>
        <translation>Es konnte kein Modell geöffnet werden</translation>
    </message>
    <message>
        <source>No model is open</source>
        <translation>Kein Modell ist offen</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell ist offen.</translation>
    </message>
    <message>
        <source>No needle test has run.</source>
        <translation>Kein Nadeltest ist gelaufen.</translation>
    </message>
    <message>
        <source>No passages are marked in this document.</source>
        <translation>In diesem Dokument sind keine Stellen markiert.</translation>
    </message>
    <message>
        <source>No prompt yet</source>
        <translation>Noch kein Prompt</translation>
    </message>
    <message>
        <source>No token of the answer looked at the marked passage.</source>
        <translation>Kein Token der Antwort sah auf die markierte Stelle.</translation>
    </message>
    <message>
        <source>None in use</source>
        <translation>Keiner benutzt</translation>
    </message>
    <message>
        <source>None is open</source>
        <translation>Keines ist offen</translation>
    </message>
    <message>
        <source>Not added: %1</source>
        <translation>Nicht hinzugefügt: %1</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
    <message>
        <source>Nothing has been logged.</source>
        <translation>Nichts wurde protokolliert.</translation>
    </message>
    <message>
        <source>Nothing is marked yet</source>
        <translation>Noch nichts gemerkt</translation>
    </message>
    <message>
        <source>Nothing looked at yet</source>
        <translation>Noch nichts angesehen</translation>
    </message>
    <message>
        <source>Nothing was found at “%1”</source>
        <translation>Unter „%1“ wurde nichts gefunden</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Number of depths</source>
        <translation>Zahl der Tiefen</translation>
    </message>
    <message>
        <source>Numbers saved</source>
        <translation>Zahlen gespeichert</translation>
    </message>
    <message>
        <source>One head</source>
        <translation>Ein Kopf</translation>
    </message>
    <message>
        <source>Only %1 are free: it does not fit.</source>
        <translation>Nur %1 sind frei: Es passt nicht.</translation>
    </message>
    <message>
        <source>Only one has a source</source>
        <translation>Nur eine hat eine Quelle</translation>
    </message>
    <message>
        <source>Open a &amp;capture…</source>
        <translation>Auf&amp;zeichnung öffnen …</translation>
    </message>
    <message>
        <source>Open a &amp;file…</source>
        <translation>&amp;Datei öffnen …</translation>
    </message>
    <message>
        <source>Open a &amp;model…</source>
        <translation>&amp;Modell öffnen …</translation>
    </message>
    <message>
        <source>Open a capture</source>
        <translation>Aufzeichnung öffnen</translation>
    </message>
    <message>
        <source>Open a link</source>
        <translation>Einen Link öffnen</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Open a model file</source>
        <translation>Modelldatei öffnen</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Öffnen Sie zuerst ein Modell.</translation>
    </message>
    <message>
        <source>Open a model. Here you change what each of its heads keeps, and see at once what that costs.</source>
        <translation>Öffnen Sie ein Modell. Hier ändern Sie, was jeder seiner Köpfe behält, und sehen sofort, was das kostet.</translation>
    </message>
    <message>
        <source>Open a session with documents, then compare one question under two plans.</source>
        <translation>Öffnen Sie eine Sitzung mit Dokumenten und vergleichen Sie eine Frage unter zwei Plänen.</translation>
    </message>
    <message>
        <source>Open another model…</source>
        <translation>Anderes Modell öffnen …</translation>
    </message>
    <message>
        <source>Open it with that version.</source>
        <translation>Öffnen Sie sie mit jener Version.</translation>
    </message>
    <message>
        <source>Open settings…</source>
        <translation>Einstellungen öffnen …</translation>
    </message>
    <message>
        <source>Open this address in your web browser? It comes from the answer, not from you.</source>
        <translation>Diese Adresse im Webbrowser öffnen? Sie kommt aus der Antwort, nicht von Ihnen.</translation>
    </message>
    <message>
        <source>Open this session.</source>
        <translation>Diese Sitzung öffnen.</translation>
    </message>
    <message>
        <source>Opening the model</source>
        <translation>Modell wird geöffnet</translation>
    </message>
    <message>
        <source>Order of the heads</source>
        <translation>Reihenfolge der Köpfe</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Passages at %1 of the document.</source>
        <translation>Stellen bei %1 des Dokuments.</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>Muster</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>Bild (*.png)</translation>
    </message>
    <message>
        <source>Picture copied</source>
        <translation>Bild kopiert</translation>
    </message>
    <message>
        <source>Picture saved</source>
        <translation>Bild gespeichert</translation>
    </message>
    <message>
        <source>Plan &amp;A:</source>
        <translation>Plan &amp;A:</translation>
    </message>
    <message>
        <source>Plan &amp;B:</source>
        <translation>Plan &amp;B:</translation>
    </message>
    <message>
        <source>Plan: %1</source>
        <translation>Plan: %1</translation>
    </message>
    <message>
        <source>Plans that mix heads inside a layer need a plan file.</source>
        <translation>Pläne, die Köpfe in einer Schicht mischen, brauchen eine Plandatei.</translation>
    </message>
    <message>
        <source>Plans to test</source>
        <translation>Zu prüfende Pläne</translation>
    </message>
    <message>
        <source>Position in the prompt (tokens)</source>
        <translation>Position im Prompt (Token)</translation>
    </message>
    <message>
        <source>Predicted for a full context: %1 (measured on the last answer: %2)</source>
        <translation>Erwartet bei vollem Kontext: %1 (gemessen bei der letzten Antwort: %2)</translation>
    </message>
    <message>
        <source>Predicted speed</source>
        <translation>Erwartetes Tempo</translation>
    </message>
    <message>
        <source>Predictions drift by</source>
        <translation>Vorhersagen weichen ab um</translation>
    </message>
    <message>
        <source>Previo&amp;us sentence of the answer</source>
        <translation>&amp;Voriger Satz der Antwort</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>Voriger Treffer</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Qt</source>
        <translation>Qt</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Question to compare</source>
        <translation>Frage zum Vergleichen</translation>
    </message>
    <message>
        <source>Questions and answers</source>
        <translation>Fragen und Antworten</translation>
    </message>
    <message>
        <source>Read a long document</source>
        <translation>Lesen Sie ein langes Dokument</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Liest</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>Liest %1</translation>
    </message>
    <message>
        <source>Reading progress</source>
        <translation>Lesefortschritt</translation>
    </message>
    <message>
        <source>Reads long documents whole, on your own machine, and shows what the model is looking at. Nothing leaves this computer.

Apache License 2.0</source>
        <translation>Liest lange Dokumente ganz, auf dem eigenen Rechner, und zeigt, worauf das Modell sieht. Nichts verlässt diesen Rechner.

Apache-Lizenz 2.0</translation>
    </message>
    <message>
        <source>Reads long documents whole, on your own machine.</source>
        <translation>Liest lange Dokumente ganz, auf dem eigenen Rechner.</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Recorded step</source>
        <translation>Aufgezeichneter Schritt</translation>
    </message>
    <message>
        <source>Recorded steps</source>
        <translation>Aufgezeichnete Schritte</translation>
    </message>
    <message>
        <source>Report copied</source>
        <translation>Bericht kopiert</translation>
    </message>
    <message>
        <source>Result of the self-test</source>
        <translation>Ergebnis des Selbsttests</translation>
    </message>
    <message>
        <source>Right: %1 (%2)</source>
        <translation>Richtig: %1 (%2)</translation>
    </message>
    <message>
        <source>Run the &amp;self-test</source>
        <translation>&amp;Selbsttest starten</translation>
    </message>
    <message>
        <source>Run the self-test</source>
        <translation>Selbsttest starten</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>S&amp;ettings…</source>
        <translation>Eins&amp;tellungen …</translation>
    </message>
    <message>
        <source>S&amp;hade by use</source>
        <translation>Nach &amp;Nutzung schattieren</translation>
    </message>
    <message>
        <source>Same likeliest token</source>
        <translation>Gleiches wahrscheinlichstes Token</translation>
    </message>
    <message>
        <source>Same source</source>
        <translation>Gleiche Quelle</translation>
    </message>
    <message>
        <source>Save the &amp;numbers as CSV…</source>
        <translation>&amp;Zahlen als CSV speichern …</translation>
    </message>
    <message>
        <source>Save the &amp;picture in focus…</source>
        <translation>B&amp;ild im Fokus speichern …</translation>
    </message>
    <message>
        <source>Save the &amp;picture…</source>
        <translation>&amp;Bild speichern …</translation>
    </message>
    <message>
        <source>Save the conversation</source>
        <translation>Gespräch speichern</translation>
    </message>
    <message>
        <source>Save the numbers</source>
        <translation>Zahlen speichern</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>Save what the views sho&amp;w…</source>
        <translation>Speichern, was die &amp;Ansichten zeigen …</translation>
    </message>
    <message>
        <source>Save what the views show, with the documents&apos; text</source>
        <translation>Speichern, was die Ansichten zeigen, mit dem Text der Dokumente</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespart</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Send the question</source>
        <translation>Die Frage senden</translation>
    </message>
    <message>
        <source>Send the question (Ctrl+Enter)</source>
        <translation>Die Frage senden (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>Sending replaces the question and everything after it.</source>
        <translation>Senden ersetzt die Frage und alles danach.</translation>
    </message>
    <message>
        <source>Sequences of code words</source>
        <translation>Folgen von Codewörtern</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>Sitzungen</translation>
    </message>
    <message>
        <source>Sessions, latest first</source>
        <translation>Sitzungen, neueste zuerst</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Shade the text by how much the answer used it</source>
        <translation>Den Text danach schattieren, wie sehr die Antwort ihn genutzt hat</translation>
    </message>
    <message>
        <source>Shift+Enter</source>
        <translation>Umschalt+Eingabe</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 zeigen</translation>
    </message>
    <message>
        <source>Show the passage that this sentence rests on</source>
        <translation>Die Stelle zeigen, auf der dieser Satz beruht</translation>
    </message>
    <message>
        <source>Sink</source>
        <translation>Anfang (Sink)</translation>
    </message>
    <message>
        <source>Size on disk</source>
        <translation>Größe auf der Platte</translation>
    </message>
    <message>
        <source>Some files were left out</source>
        <translation>Einige Dateien wurden ausgelassen</translation>
    </message>
    <message>
        <source>Source %1, %2</source>
        <translation>Quelle %1, %2</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>Quellen</translation>
    </message>
    <message>
        <source>Sources of each answer token</source>
        <translation>Quellen jedes Antwort-Tokens</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Speed of writing</source>
        <translation>Schreibtempo</translation>
    </message>
    <message>
        <source>Square root</source>
        <translation>Quadratwurzel</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>Start kept by streaming heads</source>
        <translation>Anfang, den strömende Köpfe behalten</translation>
    </message>
    <message>
        <source>Start-looking first</source>
        <translation>Anfangsblickende zuerst</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>Statusleiste</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Anhalten (Esc)</translation>
    </message>
    <message>
        <source>Stop answering</source>
        <translation>Das Antworten anhalten</translation>
    </message>
    <message>
        <source>Stop what is being done</source>
        <translation>Anhalten, was gerade geschieht</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Angehalten.</translation>
    </message>
    <message>
        <source>Streaming</source>
        <translation>Strömend</translation>
    </message>
    <message>
        <source>Streaming heads keep the &amp;start:</source>
        <translation>Strömende Köpfe behalten den &amp;Anfang:</translation>
    </message>
    <message>
        <source>Strided</source>
        <translation>In Schritten</translation>
    </message>
    <message>
        <source>Sum of the layers: %1 bytes. The allocator says: %2 bytes.</source>
        <translation>Summe der Schichten: %1 Bytes. Der Verwalter sagt: %2 Bytes.</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>T&amp;rials:</source>
        <translation>&amp;Versuche:</translation>
    </message>
    <message>
        <source>Ta&amp;ble</source>
        <translation>Ta&amp;belle</translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation>Tab, Umschalt+Tab</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>Tabelle (*.csv)</translation>
    </message>
    <message>
        <source>Table copied</source>
        <translation>Tabelle kopiert</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>Test läuft …</translation>
    </message>
    <message>
        <source>Text copied</source>
        <translation>Text kopiert</translation>
    </message>
    <message>
        <source>The answer</source>
        <translation>Die Antwort</translation>
    </message>
    <message>
        <source>The answer does not rest clearly on any passage of the documents. Check it.</source>
        <translation>Die Antwort beruht auf keiner Stelle der Dokumente eindeutig. Prüfen Sie sie.</translation>
    </message>
    <message>
        <source>The capture could not be opened</source>
        <translation>Die Aufzeichnung konnte nicht geöffnet werden</translation>
    </message>
    <message>
        <source>The capture could not be saved</source>
        <translation>Die Aufzeichnung konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>The comparison in numbers</source>
        <translation>Der Vergleich in Zahlen</translation>
    </message>
    <message>
        <source>The conversation could not be saved</source>
        <translation>Das Gespräch konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>The document could not be removed</source>
        <translation>Das Dokument konnte nicht entfernt werden</translation>
    </message>
    <message>
        <source>The documents could not be added</source>
        <translation>Die Dokumente konnten nicht hinzugefügt werden</translation>
    </message>
    <message>
        <source>The documents of this session could not be read</source>
        <translation>Die Dokumente dieser Sitzung konnten nicht gelesen werden</translation>
    </message>
    <message>
        <source>The fastest there is</source>
        <translation>Das schnellste vorhandene</translation>
    </message>
    <message>
        <source>The first block draws attention from everywhere and hides the rest</source>
        <translation>Der erste Block zieht von überall Aufmerksamkeit an und verdeckt den Rest</translation>
    </message>
    <message>
        <source>The kept sessions are damaged.</source>
        <translation>Die aufbewahrten Sitzungen sind beschädigt.</translation>
    </message>
    <message>
        <source>The list of sessions could not be read</source>
        <translation>Die Liste der Sitzungen konnte nicht gelesen werden</translation>
    </message>
    <message>
        <source>The map fills while the test runs.</source>
        <translation>Die Karte füllt sich, während der Test läuft.</translation>
    </message>
    <message>
        <source>The map of this head comes with the next question.</source>
        <translation>Die Karte dieses Kopfes kommt mit der nächsten Frage.</translation>
    </message>
    <message>
        <source>The marked passage drew %1 of the answer&apos;s attention, most from its token %2 (%3).</source>
        <translation>Die markierte Stelle zog %1 der Aufmerksamkeit der Antwort an, am meisten von Token %2 (%3).</translation>
    </message>
    <message>
        <source>The model could not be opened</source>
        <translation>Das Modell konnte nicht geöffnet werden</translation>
    </message>
    <message>
        <source>The model is opened again under this plan</source>
        <translation>Das Modell wird unter diesem Plan neu geöffnet</translation>
    </message>
    <message>
        <source>The needle test could not go on</source>
        <translation>Der Nadeltest konnte nicht weitergehen</translation>
    </message>
    <message>
        <source>The numbers could not be saved</source>
        <translation>Die Zahlen konnten nicht gespeichert werden</translation>
    </message>
    <message>
        <source>The picture could not be made.</source>
        <translation>Das Bild ließ sich nicht erzeugen.</translation>
    </message>
    <message>
        <source>The picture could not be saved</source>
        <translation>Das Bild konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>The plans could not be compared</source>
        <translation>Die Pläne konnten nicht verglichen werden</translation>
    </message>
    <message>
        <source>The question could not be answered</source>
        <translation>Die Frage konnte nicht beantwortet werden</translation>
    </message>
    <message>
        <source>The question could not be asked</source>
        <translation>Die Frage konnte nicht gestellt werden</translation>
    </message>
    <message>
        <source>The question waits until the documents are added</source>
        <translation>Die Frage wartet, bis die Dokumente hinzugefügt sind</translation>
    </message>
    <message>
        <source>The same passage</source>
        <translation>Dieselbe Stelle</translation>
    </message>
    <message>
        <source>The self-test compares the engine with itself; it takes a few seconds.</source>
        <translation>Der Selbsttest vergleicht das Rechenwerk mit sich selbst; er dauert einige Sekunden.</translation>
    </message>
    <message>
        <source>The session could not be branched</source>
        <translation>Die Sitzung konnte nicht verzweigt werden</translation>
    </message>
    <message>
        <source>The session could not be moved to the trash</source>
        <translation>Die Sitzung konnte nicht in den Papierkorb verschoben werden</translation>
    </message>
    <message>
        <source>The session could not be opened</source>
        <translation>Die Sitzung konnte nicht geöffnet werden</translation>
    </message>
    <message>
        <source>The session could not be renamed</source>
        <translation>Die Sitzung konnte nicht umbenannt werden</translation>
    </message>
    <message>
        <source>The session could not be restored</source>
        <translation>Die Sitzung konnte nicht wiederhergestellt werden</translation>
    </message>
    <message>
        <source>The speed is predicted once an answer has been measured.</source>
        <translation>Das Tempo lässt sich vorhersagen, sobald eine Antwort gemessen wurde.</translation>
    </message>
    <message>
        <source>The text appears here.</source>
        <translation>Der Text erscheint hier.</translation>
    </message>
    <message>
        <source>The whole answer</source>
        <translation>Die ganze Antwort</translation>
    </message>
    <message>
        <source>The whole document: passages of the answer, and how much each part was used</source>
        <translation>Das ganze Dokument: Stellen der Antwort, und wie sehr jeder Teil genutzt wurde</translation>
    </message>
    <message>
        <source>The whole text is read before each answer, and the passages an answer rests on are shown under it.</source>
        <translation>Vor jeder Antwort wird der ganze Text gelesen; die Stellen, auf denen sie beruht, stehen darunter.</translation>
    </message>
    <message>
        <source>There is no room left in the context. Start a new session, or raise the context length in Settings.</source>
        <translation>Im Kontext ist kein Platz mehr. Beginnen Sie eine neue Sitzung oder erhöhen Sie die Kontextlänge in den Einstellungen.</translation>
    </message>
    <message>
        <source>There is no session number %1.</source>
        <translation>Es gibt keine Sitzung mit der Nummer %1.</translation>
    </message>
    <message>
        <source>This capture was made by a newer Lectern.</source>
        <translation>Diese Aufzeichnung stammt von einem neueren Lectern.</translation>
    </message>
    <message>
        <source>This is not a capture of Lectern, or it is damaged.</source>
        <translation>Dies ist keine Aufzeichnung von Lectern, oder sie ist beschädigt.</translation>
    </message>
    <message>
        <source>This model is opened under this plan from now on</source>
        <translation>Dieses Modell wird ab jetzt unter diesem Plan geöffnet</translation>
    </message>
    <message>
        <source>This plan can not be used yet</source>
        <translation>Dieser Plan kann noch nicht genutzt werden</translation>
    </message>
    <message>
        <source>Threads to compute with; 0 for all cores.</source>
        <translation>Threads zum Rechnen; 0 für alle Kerne.</translation>
    </message>
    <message>
        <source>Token %1 gives %2 to tokens %3 to %4</source>
        <translation>Token %1 gibt %2 an die Token %3 bis %4</translation>
    </message>
    <message>
        <source>Token %1, number %2 of the vocabulary: “%3”</source>
        <translation>Token %1, Nummer %2 des Vokabulars: „%3“</translation>
    </message>
    <message>
        <source>Token under the cursor</source>
        <translation>Token unter dem Zeiger</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>Tokens each layer still holds</source>
        <translation>Token, die jede Schicht noch hält</translation>
    </message>
    <message>
        <source>Tokens in it</source>
        <translation>Token darin</translation>
    </message>
    <message>
        <source>Tokens kept</source>
        <translation>Behaltene Token</translation>
    </message>
    <message>
        <source>Tokens read</source>
        <translation>Gelesene Token</translation>
    </message>
    <message>
        <source>Tokens read (underlined: %1 reused)</source>
        <translation>Gelesene Token (unterstrichen: %1 wiederverwendet)</translation>
    </message>
    <message>
        <source>Top-&amp;k:</source>
        <translation>Top-&amp;k:</translation>
    </message>
    <message>
        <source>Top-&amp;p:</source>
        <translation>Top-&amp;p:</translation>
    </message>
    <message>
        <source>Trained context</source>
        <translation>Trainierter Kontext</translation>
    </message>
    <message>
        <source>Trials of each cell</source>
        <translation>Versuche je Zelle</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>Das Beispiel ausprobieren</translation>
    </message>
    <message>
        <source>Type of the KV memory</source>
        <translation>Art des KV-Speichers</translation>
    </message>
    <message>
        <source>Un&amp;do changes</source>
        <translation>Änderungen &amp;zurücknehmen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Up, Down, Home</source>
        <translation>Auf, Ab, Pos1</translation>
    </message>
    <message>
        <source>Use &amp;always with this model</source>
        <translation>Mit diesem Modell &amp;immer nutzen</translation>
    </message>
    <message>
        <source>Use and ask &amp;again</source>
        <translation>Nutzen und n&amp;och einmal fragen</translation>
    </message>
    <message>
        <source>Use this plan</source>
        <translation>Diesen Plan nutzen</translation>
    </message>
    <message>
        <source>Use this plan always with this model</source>
        <translation>Diesen Plan mit diesem Modell immer nutzen</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Value under the cursor</source>
        <translation>Wert unter dem Zeiger</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Ansichten</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>Vokabular</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>Warnungen und Fehler</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>Webseite (*.html)</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Weights %1, KV memory %2, workspace %3: %4 in all.</source>
        <translation>Gewichte %1, KV-Speicher %2, Arbeitsbereich %3: zusammen %4.</translation>
    </message>
    <message>
        <source>Weights in memory</source>
        <translation>Gewichte im Speicher</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchten Sie tun?</translation>
    </message>
    <message>
        <source>What each layer still holds</source>
        <translation>Was jede Schicht noch hält</translation>
    </message>
    <message>
        <source>What every head keeps</source>
        <translation>Was jeder Kopf behält</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschehen ist</translation>
    </message>
    <message>
        <source>What the chosen head keeps</source>
        <translation>Was der gewählte Kopf behält</translation>
    </message>
    <message>
        <source>What the marked passage was used for</source>
        <translation>Wofür die markierte Stelle genutzt wurde</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Was zu tun ist</translation>
    </message>
    <message>
        <source>What you read and ask is kept here.</source>
        <translation>Was Sie lesen und fragen, wird hier aufbewahrt.</translation>
    </message>
    <message>
        <source>Where answer token %1 looked</source>
        <translation>Wohin Antwort-Token %1 sah</translation>
    </message>
    <message>
        <source>Where each answer token looked</source>
        <translation>Wohin jedes Antwort-Token sah</translation>
    </message>
    <message>
        <source>Where sessions are kept.</source>
        <translation>Wo Sitzungen aufbewahrt werden.</translation>
    </message>
    <message>
        <source>Where what can be made again is kept.</source>
        <translation>Wo liegt, was sich neu erzeugen lässt.</translation>
    </message>
    <message>
        <source>Which keys each layer keeps. A plan string such as longgen:full=10-21,sink=64,window=2048 can be typed.</source>
        <translation>Welche Schlüssel jede Schicht behält. Ein Plan wie longgen:full=10-21,sink=64,window=2048 kann eingegeben werden.</translation>
    </message>
    <message>
        <source>While a document is read and answered from, this shows what each layer keeps of it and what full attention would need.</source>
        <translation>Während ein Dokument gelesen und daraus geantwortet wird, zeigt diese Ansicht, was jede Schicht davon behält und was volle Aufmerksamkeit bräuchte.</translation>
    </message>
    <message>
        <source>While reading</source>
        <translation>Beim Lesen</translation>
    </message>
    <message>
        <source>Why, and what to do</source>
        <translation>Warum, und was zu tun ist</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Window kept by streaming heads</source>
        <translation>Fenster, das strömende Köpfe behalten</translation>
    </message>
    <message>
        <source>Window only</source>
        <translation>Nur Fenster</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>Arbeitsbereich</translation>
    </message>
    <message>
        <source>Write at least one length of 64 tokens or more, and one plan.</source>
        <translation>Geben Sie mindestens eine Länge ab 64 Token und einen Plan an.</translation>
    </message>
    <message>
        <source>Write the answer &amp;anew</source>
        <translation>Antwort &amp;neu schreiben</translation>
    </message>
    <message>
        <source>Write the answer anew</source>
        <translation>Die Antwort neu schreiben</translation>
    </message>
    <message>
        <source>Wrong: %1 (%2)</source>
        <translation>Falsch: %1 (%2)</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>You are in the branch “%1”</source>
        <translation>Sie sind im Zweig „%1“</translation>
    </message>
    <message>
        <source>You can ask already: the question waits for them.</source>
        <translation>Sie können schon fragen: Die Frage wartet auf sie.</translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>noch etwa %1</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>and a &amp;window of:</source>
        <translation>und ein &amp;Fenster von:</translation>
    </message>
    <message>
        <source>answer token %1</source>
        <translation>Antwort-Token %1</translation>
    </message>
    <message>
        <source>answer tokens %1 to %2</source>
        <translation>Antwort-Token %1 bis %2</translation>
    </message>
    <message>
        <source>byte %1</source>
        <translation>Byte %1</translation>
    </message>
    <message>
        <source>first after %1</source>
        <translation>erstes nach %1</translation>
    </message>
    <message>
        <source>line %1</source>
        <translation>Zeile %1</translation>
    </message>
    <message>
        <source>no confident source</source>
        <translation>keine sichere Quelle</translation>
    </message>
    <message>
        <source>p. %1</source>
        <translation>S. %1</translation>
    </message>
    <message>
        <source>page %1</source>
        <translation>Seite %1</translation>
    </message>
    <message>
        <source>start %1</source>
        <translation>Anfang %1</translation>
    </message>
    <message>
        <source>trace, debug, info, warn or error.</source>
        <translation>trace, debug, info, warn oder error.</translation>
    </message>
    <message>
        <source>under 64</source>
        <translation>unter 64</translation>
    </message>
    <message>
        <source>“%1” moved to the trash</source>
        <translation>„%1“ in den Papierkorb verschoben</translation>
    </message>
    <message>
        <source>all keys</source>
        <translation>alle Schlüssel</translation>
    </message>
    <message>
        <source>the first %1 and the last %2 tokens</source>
        <translation>die ersten %1 und die letzten %2 Token</translation>
    </message>
    <message>
        <source>the first %1 and the last %2 tokens before each chunk of %3</source>
        <translation>die ersten %1 und die letzten %2 Token vor jedem Abschnitt von %3</translation>
    </message>
    <message>
        <source>every %1th block of %2 tokens and the last %3 blocks, phase %4</source>
        <translation>jeden %1. Block von %2 Token und die letzten %3 Blöcke, Phase %4</translation>
    </message>
    <message>
        <source>What is the vault code of Stellost?</source>
        <translation>What is the vault code of Stellost?</translation>
    </message>
    <message>
        <source>Linux</source>
        <translation>Linux</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>%1: %2 from documents, %3 from questions, answers and the template.</source>
        <translation>%1: %2 aus Dokumenten, %3 aus Fragen, Antworten und der Vorlage.</translation>
    </message>
    <message>
        <source>%1 of them were in the KV cache already (shaded green).</source>
        <translation>%1 davon waren schon im KV-Speicher (grün unterlegt).</translation>
    </message>
    <message>
        <source>None was in the KV cache yet.</source>
        <translation>Keines davon war schon im KV-Speicher.</translation>
    </message>
    <message>
        <source>No model is known yet. Drop a .gguf file on the window, or open one.</source>
        <translation>Noch ist kein Modell bekannt. Legen Sie eine .gguf-Datei auf dem Fenster ab oder öffnen Sie eine.</translation>
    </message>
    <message>
        <source>Coarse picture of layer %1, head %2. Its map in full comes with the next question.</source>
        <translation>Grobes Bild von Schicht %1, Kopf %2. Die ganze Karte kommt mit der nächsten Frage.</translation>
    </message>
    <message>
        <source>%1 to the start, %2 near, %3 far.</source>
        <translation>%1 auf den Anfang, %2 nah, %3 fern.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln thread(s)</source>
        <translation><numerusform>%Ln Thread</numerusform><numerusform>%Ln Threads</numerusform></translation>
    </message>
</context>
</TS>
